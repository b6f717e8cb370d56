//! A finished run's model written for other tools, and model folders checked.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use scaleout_data::{Limit, read_bytes, write_atomically};
use scaleout_export::{
    ComparedLeg, Export, ExportFile, FORMATS, ModelFolder, Verified, digest, export_files, formats_named, golden_rows,
    observed_rows, read_contract,
};

use crate::{
    ExperimentError, Fitted, RunFolder,
    folder::{OwnFiles, is_finished},
};

/// What is to be exported.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// The run, or its model folder.
    pub run: PathBuf,
    /// Names of formats.
    pub formats: Vec<String>,
    /// The folder to write; by default the model folder itself.
    pub out: Option<PathBuf>,
    /// The learner whose refit is exported; by default the chosen one.
    pub learner: Option<String>,
    /// Rows of `golden.csv`; by default those of the run.
    pub rows: Option<usize>,
}

/// Writes the model of a finished run in some formats, each with the contract beside it, and returns the files.
///
/// # Errors
/// If the run has no model folder of this version, its model cannot be written so, or a file of the run that would be
/// replaced was changed after the run wrote it.
pub fn export_run(request: &ExportRequest) -> Result<Vec<PathBuf>, ExperimentError> {
    let formats = formats_named(&request.formats)?;
    RunFolder::settle(&request.run)?;
    let from = model_folder(&request.run);
    let folder = ModelFolder::read(&from)?;
    let observed = observed_rows(&folder.model, folder.golden.iter().map(|(row, _)| row));
    let (model, model_json, contract) = match &request.learner {
        None => (folder.model.clone(), folder.model_json.clone(), folder.contract.clone()),
        Some(name) => {
            let path = from.join("model.json");
            let fitted = Fitted::from_json(&folder.model_json, &path)?;
            let models = &fitted.refit.models;
            let found = models.iter().find(|model| model.name == *name).ok_or_else(|| ExperimentError::NotInRun {
                path,
                what: "learner",
                name: name.clone(),
                accepted: models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>().join(", "),
            })?;
            (found.model.clone(), found.model.to_json(), folder.contract.of_model(&found.model))
        }
    };
    let width = model.layout.width();
    // Rows of a layout with more bars begin with those of one with fewer.
    let observed: Vec<_> = observed
        .into_iter()
        .filter(|row| width <= row.features.len())
        .map(|mut row| {
            row.features.truncate(width);
            row
        })
        .collect();
    let is_of_the_run = request.learner.is_none() && request.rows.is_none();
    let golden = if is_of_the_run {
        folder.golden.iter().map(|(row, _)| row.clone()).collect()
    } else {
        golden_rows(&model, &contract.features, &observed, request.rows.unwrap_or(folder.golden.len()))
    };
    let out = request.out.clone().unwrap_or_else(|| from.clone());
    let ladder_json = folder.ladder_json.as_deref().filter(|_| request.learner.is_none());
    let export = Export { model: &model, model_json: &model_json, ladder_json, contract: &contract, golden: &golden };
    let kept = if out.join("contract.json").is_file() { read_contract(&out)?.files } else { Default::default() };
    let files = export_files(&export, &formats, &kept)?;
    fs::create_dir_all(&out).map_err(|source| ExperimentError::Io { path: out.clone(), source })?;
    let written = files.iter().map(|file| out.join(&file.name)).collect();
    match run_around(&out) {
        Some((run, below)) => {
            let own = OwnFiles::of(&run)?;
            let named = |file: &ExportFile| format!("{below}{}", file.name);
            files.iter().try_for_each(|file| own.may_replace(&named(file), &file.bytes))?;
            files.iter().try_for_each(|file| own.replace(&named(file), &file.bytes))?;
            own.restate(files.iter().map(named).collect())?;
        }
        None => {
            files.iter().try_for_each(|file| is_replaceable(&out, file, &kept))?;
            files.iter().try_for_each(|file| write_atomically(&out.join(&file.name), &file.bytes))?;
        }
    }
    Ok(written)
}

/// Nothing, if `file` may be written into the model folder `out`, whose contract lists `kept`.
///
/// # Errors
/// If something stands there that the contract does not list as it is.
fn is_replaceable(out: &Path, file: &ExportFile, kept: &BTreeMap<String, String>) -> Result<(), ExperimentError> {
    let path = out.join(&file.name);
    if fs::symlink_metadata(&path).is_err() || file.name == "contract.json" {
        // A contract that is none, or was changed, has been refused.
        return Ok(());
    }
    let found = read_bytes(&path, Limit::Model).map(|bytes| digest(&bytes));
    match found {
        Ok(found) if found == digest(&file.bytes) || kept.get(&file.name) == Some(&found) => Ok(()),
        _ => Err(ExperimentError::NotOurs { path, problem: "the contract beside it does not list it as it is" }),
    }
}

/// The finished run that `folder` is, or is a folder of, and what the names of its files below the run begin with.
pub(crate) fn run_around(folder: &Path) -> Option<(PathBuf, String)> {
    let folder = fs::canonicalize(folder).ok()?;
    if is_finished(&folder) {
        return Some((folder, String::new()));
    }
    let run = folder.parent().filter(|run| is_finished(run))?;
    let below = format!("{}/", folder.file_name()?.to_str()?);
    Some((run.to_owned(), below))
}

/// Name and purpose of every format, and whether every run writes it.
pub fn export_formats() -> Vec<(&'static str, &'static str, bool)> {
    FORMATS.iter().map(|format| (format.name(), format.about(), format.is_part_of_runs())).collect()
}

/// Checks the model folder of a run, or a model folder by itself.
///
/// # Errors
/// If there is no contract that this build reads.
pub fn verify_model(run: &Path) -> Result<Verified, ExperimentError> {
    RunFolder::settle(run)?;
    Ok(scaleout_export::verify(&model_folder(run))?)
}

/// The legs of `contestant` in the run at `run` beside the executions in the file `live`, as
/// [`scaleout_export::compare_fills`] compares them.
///
/// # Errors
/// A file that cannot be read, or a trade that the run does not have.
pub fn compare_fills(
    run: &Path,
    live: &Path,
    contestant: &str,
    tolerance_seconds: f64,
) -> Result<Vec<ComparedLeg>, ExperimentError> {
    RunFolder::settle(run)?;
    Ok(scaleout_export::compare_fills(run, live, contestant, tolerance_seconds)?)
}

/// The model folder of `run`, which may be one itself.
pub(crate) fn model_folder(run: &Path) -> PathBuf {
    let inside = run.join("model");
    if inside.is_dir() { inside } else { run.to_owned() }
}
