//! The writing stage: the run folder's files, each a function of the stored result or of what was learned.

use scaleout_report::{RESULT_FILE, ReportError, RunResult, each_file, file_names, summary_table};

use crate::{ExperimentError, Fitted, Prepared, RunFolder, stages::export::model_files};

/// What was written.
pub(crate) struct Written {
    /// Names below the run folder, to be read first first.
    pub(crate) names: Vec<String>,
    /// The report for a terminal.
    pub(crate) table: String,
    /// The contents of `report.json`.
    pub(crate) report_json: String,
}

/// Writes everything but the log.
pub(crate) fn write(
    prepared: &Prepared,
    fitted: &Fitted,
    result: &RunResult,
    folder: &RunFolder,
) -> Result<Written, ExperimentError> {
    folder.write(RESULT_FILE, result.to_json()?.as_bytes())?;
    let mut report_json = String::new();
    each_file(result, |name, contents| -> Result<(), ExperimentError> {
        if name == "report.json" {
            report_json = String::from_utf8_lossy(contents).into_owned();
        }
        folder.write(name, contents)
    })?;
    let mut names: Vec<String> = file_names().chain([RESULT_FILE]).map(str::to_owned).collect();
    let card = result.plan_card.as_ref().map(serde_json::to_string_pretty);
    let card = card.transpose().map_err(ReportError::Json)?.map(|text| text + "\n");
    for file in model_files(prepared, fitted, &result.evaluation, card.as_deref())? {
        let name = format!("model/{}", file.name);
        folder.write(&name, &file.bytes)?;
        names.push(name);
    }
    names.push("run.log".to_owned());
    Ok(Written { names, table: summary_table(&result.evaluation), report_json })
}
