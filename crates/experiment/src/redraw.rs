//! Rebuilds the report of a finished run from its stored result, without data or models.

use std::path::Path;

use scaleout_data::{DataError, Limit, read_text};
use scaleout_report::{RESULT_FILE, RunResult, each_file, file_names, summary};

use crate::{
    ExperimentError, Finished, RunFolder, Unfinished,
    folder::{OldReport, OwnFiles},
};

/// Rebuilds every file of the run in the folder `run` except `model/`, `run.log` and `result.json`, byte for byte. Writes
/// them into `out`, or into `run` itself.
///
/// # Errors
/// If `run` has no stored result, the result is of another version, a file that would be replaced was changed after the
/// run wrote it, or a file cannot be written.
pub fn report(run: &Path, out: Option<&Path>) -> Result<Finished, ExperimentError> {
    RunFolder::settle(run)?;
    let path = run.join(RESULT_FILE);
    if !path.exists() {
        return Err(no_result(run, &path));
    }
    let own = OwnFiles::of(run)?;
    own.check(RESULT_FILE)?;
    let text = read_text(&path, Limit::Result)?;
    let result = RunResult::from_json(&text)
        .map_err(|error| ExperimentError::Stored { path: path.clone(), message: error.to_string() })?;
    let mut report_json = String::new();
    let folder = match out {
        Some(out) => {
            let folder = RunFolder::open(out, Unfinished::Discard)?;
            if let Err(error) = draw(&result, &mut report_json, |name, contents| folder.write(name, contents)) {
                // What went wrong before is what the user must hear of.
                let _ = folder.fail();
                return Err(error);
            }
            folder.finish()?
        }
        None => {
            let mut names = Vec::new();
            draw(&result, &mut report_json, |name, contents| {
                names.push(name.to_owned());
                own.replace(name, contents)
            })?;
            own.restate(names)?;
            run.to_owned()
        }
    };
    let written = file_names(&result).map(|name| folder.join(name)).collect();
    Ok(Finished { folder, table: summary(&result), written, report_json })
}

/// Draws every file and writes it with `write`; `report.json` is kept besides.
fn draw(
    result: &RunResult,
    report_json: &mut String,
    mut write: impl FnMut(&str, &[u8]) -> Result<(), ExperimentError>,
) -> Result<(), ExperimentError> {
    each_file(result, |name, contents| {
        if name == "report.json" {
            *report_json = String::from_utf8_lossy(contents).into_owned();
        }
        write(name, contents)
    })
}

/// Why there is no stored result: the run is of an older version, or this is no run.
fn no_result(run: &Path, path: &Path) -> ExperimentError {
    let old = read_text(&run.join("report.json"), Limit::Result).ok();
    match old.and_then(|text| serde_json::from_str::<OldReport>(&text).ok()) {
        Some(old) => {
            let version = old.provenance.version;
            let message = format!(
                "scaleout {version} wrote this run without a {RESULT_FILE}, so its report cannot be drawn again; \
                 accepted: a run of 0.2.0 or later. Run the experiment again"
            );
            ExperimentError::Stored { path: run.to_owned(), message }
        }
        None => DataError::MissingFile { path: path.to_owned() }.into(),
    }
}
