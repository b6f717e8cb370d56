//! The writing stage: the run folder's files, each a function of the stored result or of what was learned.

use scaleout_report::{PlanCardSummary, RESULT_FILE, ReportError, RunResult, each_file, file_names, summary_table};
use serde::Serialize;

use crate::{ExperimentError, Fitted, LearnedFrom, RunFolder};

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
pub(crate) fn write(fitted: &Fitted, result: &RunResult, folder: &RunFolder) -> Result<Written, ExperimentError> {
    folder.write(RESULT_FILE, result.to_json()?.as_bytes())?;
    let mut report_json = String::new();
    each_file(result, |name, contents| -> Result<(), ExperimentError> {
        if name == "report.json" {
            report_json = String::from_utf8_lossy(contents).into_owned();
        }
        folder.write(name, contents)
    })?;
    folder.write("model/model.json", fitted.to_json().as_bytes())?;
    let mut names: Vec<&str> = file_names().chain([RESULT_FILE, "model/model.json"]).collect();
    if let Some(card) = &result.plan_card {
        let card = CardFile { card, learned_from: fitted.learned_from.as_ref() };
        let text = serde_json::to_string_pretty(&card).map_err(ReportError::Json)? + "\n";
        folder.write("model/ladder.json", text.as_bytes())?;
        names.push("model/ladder.json");
    }
    names.push("run.log");
    let names = names.into_iter().map(str::to_owned).collect();
    Ok(Written { names, table: summary_table(&result.evaluation), report_json })
}
