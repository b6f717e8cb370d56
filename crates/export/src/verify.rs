//! Whether a model folder is what it says it is.

use std::path::{Component, Path};

use scaleout_model::{Model, ModelError, Unsealed, unsealed};
use serde::Deserialize;

use crate::{
    CONTRACT_VERSION, ExportError, ModelAnswer, ModelContract, answers,
    bounded::{Most, read_bytes, read_text},
    digest, feature_inputs, read_golden, trade_inputs,
};

/// How far a hold value may lie from the golden one, times the larger of 1 and its size.
pub const HOLD_VALUE_TOLERANCE: f64 = 1e-5;

/// What was found in a model folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// What was checked, a line each.
    pub lines: Vec<String>,
    /// What is wrong; nothing where all is well.
    pub faults: Vec<String>,
}

/// The parts of a model folder that other formats are made from.
#[derive(Debug)]
pub struct ModelFolder {
    /// The exported model.
    pub model: Model,
    /// The text of `model.json`.
    pub model_json: String,
    /// The text of `ladder.json`, if there is one.
    pub ladder_json: Option<String>,
    /// The contract.
    pub contract: ModelContract,
    /// The golden rows with their answers.
    pub golden: Vec<(crate::GoldenRow, ModelAnswer)>,
}

impl ModelFolder {
    /// Reads `folder`.
    ///
    /// # Errors
    /// A file that is missing, damaged, of another version, or not of one piece with the others.
    pub fn read(folder: &Path) -> Result<Self, ExportError> {
        let contract = read_contract(folder)?;
        let path = folder.join("model.json");
        let model_json = read_text(&path, Most::Model)?;
        let model = exported_model(&model_json, &path)?;
        let path = folder.join("golden.csv");
        let golden = read_golden(&model, &read_text(&path, Most::Model)?, &path)?;
        let ladder = folder.join("ladder.json");
        let ladder_json = if ladder.exists() { Some(read_text(&ladder, Most::Model)?) } else { None };
        Ok(Self { model, model_json, ladder_json, contract, golden })
    }
}

/// The contract in `folder`.
///
/// # Errors
/// If it is missing, damaged or of a version that this build does not read.
pub fn read_contract(folder: &Path) -> Result<ModelContract, ExportError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let path = folder.join("contract.json");
    let text = read_text(&path, Most::Contract)?;
    let broken = |error: serde_json::Error| ExportError::File { path: path.clone(), message: error.to_string() };
    let damaged = |error: ModelError| ExportError::File { path: path.clone(), message: error.to_string() };
    let text = unsealed(&text).map_err(damaged)?.json;
    let found = serde_json::from_str::<Versioned>(&text).map_err(broken)?.version;
    if found != CONTRACT_VERSION {
        let message = format!("version {found}; accepted: {CONTRACT_VERSION}");
        return Err(ExportError::File { path, message });
    }
    serde_json::from_str(&text).map_err(broken)
}

/// The model that is exported from the file `text` at `path`: the refit's chosen one of a run, or the file's only one.
///
/// # Errors
/// If there is none.
pub fn exported_model(text: &str, path: &Path) -> Result<Model, ExportError> {
    #[derive(Deserialize)]
    struct Run {
        refit: StoredLesson,
    }
    #[derive(Deserialize)]
    struct StoredLesson {
        models: Vec<Named>,
        chosen: usize,
    }
    #[derive(Deserialize)]
    struct Named {
        model: serde_json::Value,
    }
    let broken = |message: String| ExportError::File { path: path.to_owned(), message };
    // The digest at the end is that of the whole file; the models inside a run's have none of their own.
    let Unsealed { json, .. } = unsealed(text).map_err(|error| broken(error.to_string()))?;
    let Ok(Run { refit: StoredLesson { mut models, chosen } }) = serde_json::from_str(&json) else {
        return Model::from_json(text).map_err(|error| broken(error.to_string()));
    };
    if models.len() <= chosen {
        return Err(broken(format!("no model {chosen} among {}; accepted: a run that learned", models.len())));
    }
    let Named { model } = models.swap_remove(chosen);
    let model: Model = serde_json::from_value(model).map_err(|error| broken(error.to_string()))?;
    model.checked().map_err(|error| broken(error.to_string()))
}

/// Checks the model folder at `folder`: every digest of the contract, the contract against the model, and our own evaluator
/// against the golden rows.
///
/// # Errors
/// If the contract cannot be read; whatever else is wrong is a fault.
pub fn verify(folder: &Path) -> Result<Verified, ExportError> {
    let contract = read_contract(folder)?;
    let mut verified = Verified { lines: Vec::new(), faults: Vec::new() };
    for (name, expected) in &contract.files {
        if !is_plain_name(name) {
            verified.faults.push(format!("contract.json names `{name}`, which leaves its folder"));
            continue;
        }
        match read_bytes(&folder.join(name), Most::Model).map(|bytes| digest(&bytes)) {
            Ok(found) if found == *expected => {}
            Ok(found) => {
                verified
                    .faults
                    .push(format!("{name} was changed: its SHA-256 is {found}, the contract says {expected}"));
            }
            Err(error) => verified.faults.push(error.to_string()),
        }
    }
    verified.lines.push(format!("digests of {} files", contract.files.len()));
    match ModelFolder::read(folder) {
        Ok(read) => {
            compare_contract(&read, &mut verified);
            compare_golden(&read, &mut verified);
        }
        Err(error) => verified.faults.push(error.to_string()),
    }
    Ok(verified)
}

fn compare_contract(read: &ModelFolder, verified: &mut Verified) {
    let ModelFolder { model, contract, .. } = read;
    let mut same = |what: &str, of_contract: String, of_model: String| {
        if of_contract != of_model {
            verified.faults.push(format!("contract.json says {what} = {of_contract}, model.json {of_model}"));
        }
    };
    let names =
        |inputs: &[crate::FeatureInput]| inputs.iter().map(|input| input.name.clone()).collect::<Vec<_>>().join(", ");
    same("features", names(&contract.features), names(&feature_inputs(model, &[])));
    same("window", contract.window.to_string(), model.layout.window.to_string());
    same("tranches", contract.rule.tranches.to_string(), model.tranches.to_string());
    same("horizon_bars", contract.decision.horizon_bars.to_string(), model.horizon_bars.to_string());
    same("limits", format!("{:?}", contract.rule.limits), format!("{:?}", model.limits));
    same("learner", contract.learner.clone(), model.learner.name().to_owned());
    same("training.last", contract.training.last.clone(), model.training.last.to_string());
    let trade =
        |inputs: &[crate::NumberInput]| inputs.iter().map(|input| input.name.clone()).collect::<Vec<_>>().join(", ");
    same("trade", trade(&contract.trade), trade(&trade_inputs(model)));
    verified.lines.push(format!(
        "contract against model: {} features, {} fractions",
        contract.features.len(),
        model.tranches
    ));
}

fn compare_golden(read: &ModelFolder, verified: &mut Verified) {
    let rows: Vec<_> = read.golden.iter().map(|(row, _)| row.clone()).collect();
    let (mut largest, mut differ) = (0.0_f64, 0);
    for (place, (answer, (_, golden))) in answers(&read.model, &rows).iter().zip(&read.golden).enumerate() {
        let errors = answer.hold_values.iter().zip(&golden.hold_values).map(|(found, expected)| {
            let (found, expected) = (f64::from(*found), f64::from(*expected));
            (found - expected).abs() / expected.abs().max(1.0)
        });
        largest = errors.fold(largest, f64::max);
        if answer.target_fraction != golden.target_fraction {
            differ += 1;
            if differ <= 5 {
                verified.faults.push(format!(
                    "golden.csv, line {}: target_fraction = {}, but the model decides {}",
                    place + 2,
                    golden.target_fraction,
                    answer.target_fraction
                ));
            }
        }
    }
    if HOLD_VALUE_TOLERANCE < largest {
        verified.faults.push(format!(
            "golden.csv: hold values differ by up to {largest:.1e} of max(1, |H|); accepted: {HOLD_VALUE_TOLERANCE:.0e}"
        ));
    }
    if rows.is_empty() {
        verified.faults.push("golden.csv has no rows".to_owned());
    }
    verified
        .lines
        .push(format!("{} golden rows: largest error of H {largest:.1e}, {differ} decisions differ", rows.len()));
}

/// Whether `name` is a file's own name: no folder above, no other disk.
fn is_plain_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none() && !name.contains(['\\', ':'])
}
