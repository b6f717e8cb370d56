//! The writing stage: the run folder's files, each a function of the stored result or of what was learned.

use scaleout_model::sealed;
use scaleout_report::{PlanCardSummary, RESULT_FILE, ReportError, RunResult, View, each_file, file_names, summary};
use serde::Serialize;

use crate::{
    ExperimentError, Fitted, LearnedFrom, Prepared, RunFolder,
    stages::{
        export::{exported_files, plain_files},
        views::Views,
    },
};

/// What was written.
pub(crate) struct Written {
    /// Names below the run folder, to be read first first.
    pub(crate) names: Vec<String>,
    /// The report for a terminal.
    pub(crate) table: String,
    /// The contents of `report.json`.
    pub(crate) report_json: String,
}

/// The contents of `model/ladder.json`.
#[derive(Serialize)]
struct CardFile<'a> {
    #[serde(flatten)]
    card: &'a PlanCardSummary,
    /// Where the card is taken as an exit of its own, trades from here are in sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    learned_from: Option<&'a LearnedFrom>,
}

/// Writes everything but the log.
pub(crate) fn write(
    prepared: &Prepared,
    fitted: &Fitted,
    mut result: RunResult,
    folder: &RunFolder,
) -> Result<Written, ExperimentError> {
    let learned_from = fitted.learned_from.as_ref();
    let card = result.plan_card.as_ref().map(|card| CardFile { card, learned_from });
    let card = card.map(|card| serde_json::to_string_pretty(&card));
    let card = card.transpose().map_err(ReportError::Json)?.map(|text| sealed(&text));
    let mut views = Views { withheld: std::mem::take(&mut result.withheld) };
    let exported = views.made(View::Exports, || exported_files(prepared, fitted, &result.evaluation, card.as_deref()));
    let model_files = exported.unwrap_or_else(|| plain_files(fitted, card.as_deref()));
    result.withheld = views.withheld;
    folder.write(RESULT_FILE, result.to_json()?.as_bytes())?;
    let mut report_json = String::new();
    each_file(&result, |name, contents| -> Result<(), ExperimentError> {
        if name == "report.json" {
            report_json = String::from_utf8_lossy(contents).into_owned();
        }
        folder.write(name, contents)
    })?;
    let mut names: Vec<String> = file_names(&result).chain([RESULT_FILE]).map(str::to_owned).collect();
    for file in model_files {
        let name = format!("model/{}", file.name);
        folder.write(&name, &file.bytes)?;
        names.push(name);
    }
    names.push("run.log".to_owned());
    Ok(Written { names, table: summary(&result), report_json })
}
