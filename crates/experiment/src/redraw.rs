//! The report of a finished run made again from its stored result: no data, no models.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use scaleout_data::write_atomically;
use scaleout_report::{RESULT_FILE, RunResult, each_file, file_names, summary_table};
use serde::Deserialize;

use crate::{ExperimentError, Finished};

/// Makes every file of the run in the folder `run` again but `model/`, `run.log` and `result.json`, byte for byte, and
/// writes them into `out`, or into `run` itself.
///
/// # Errors
/// If `run` has no stored result, the result is of another version, or a file cannot be written.
pub fn report(run: &Path, out: Option<&Path>) -> Result<Finished, ExperimentError> {
    let path = run.join(RESULT_FILE);
    let text = fs::read_to_string(&path).map_err(|source| no_result(run, &path, source))?;
    let result = RunResult::from_json(&text)
        .map_err(|error| ExperimentError::Stored { path: path.clone(), message: error.to_string() })?;
    let folder = out.unwrap_or(run);
    let mut report_json = String::new();
    each_file(&result, |name, contents| -> Result<(), ExperimentError> {
        if name == "report.json" {
            report_json = String::from_utf8_lossy(contents).into_owned();
        }
        let file = folder.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(|source| ExperimentError::Io { path: parent.to_owned(), source })?;
        }
        Ok(write_atomically(&file, contents)?)
    })?;
    Ok(Finished {
        folder: folder.to_owned(),
        table: summary_table(&result.evaluation),
        written: file_names().map(|name| folder.join(name)).collect(),
        report_json,
    })
}

/// Why there is no stored result: the run is of an older version, or this is no run.
fn no_result(run: &Path, path: &PathBuf, source: io::Error) -> ExperimentError {
    #[derive(Deserialize)]
    struct OldReport {
        provenance: OldProvenance,
    }
    #[derive(Deserialize)]
    struct OldProvenance {
        version: String,
    }
    let old = fs::read_to_string(run.join("report.json")).ok();
    match old.and_then(|text| serde_json::from_str::<OldReport>(&text).ok()) {
        Some(old) if source.kind() == io::ErrorKind::NotFound => {
            let version = old.provenance.version;
            let message = format!(
                "scaleout {version} wrote this run without a {RESULT_FILE}, so its report cannot be drawn again; \
                 accepted: a run of 0.2.0 or later. Run the experiment again"
            );
            ExperimentError::Stored { path: run.to_owned(), message }
        }
        _ => ExperimentError::Io { path: path.clone(), source },
    }
}
