//! What a model file is: trained on what and when, at which costs, and what to expect of it.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use scaleout_data::{Limit, read_bytes, read_text, shown};
use scaleout_export::{ModelContract, exported_model, onnx_metadata, read_contract};
use scaleout_model::Model;
use serde::Serialize;

use crate::{ExperimentError, RunFolder, inspect::exported::model_folder};

/// What a model file is, in the order in which it is printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelSheet {
    /// The file.
    pub path: PathBuf,
    /// Name and text of each fact.
    pub facts: Vec<(String, String)>,
    /// The features of a row.
    pub features: Vec<SheetFeature>,
}

/// A feature of the model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetFeature {
    /// Its name.
    pub name: String,
    /// Unit in a row.
    pub unit: String,
    /// The .1 % quantile, the median and the 99.9 % quantile of the training rows; `None` where unknown.
    pub training_range: Option<[f32; 3]>,
}

/// What the model at `path` is: a run, a model folder, or one of the files in it (`model.json`, `model.onnx`,
/// `contract.json`). Nothing is run or written.
///
/// # Errors
/// If there is no such file, or it is no model of this version.
pub fn model_sheet(path: &Path) -> Result<ModelSheet, ExperimentError> {
    if path.is_dir() {
        RunFolder::settle(path)?;
        let folder = model_folder(path);
        return of_folder(&folder);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    match name.as_str() {
        "contract.json" => of_folder(&folder),
        _ if name.ends_with(".onnx") => of_onnx(path),
        _ => {
            let model = read_model(path)?;
            let contract = (name == "model.json" && folder.join("contract.json").is_file())
                .then(|| read_contract(&folder))
                .transpose()?;
            Ok(of_model(path, &model, contract.as_ref()))
        }
    }
}

fn of_folder(folder: &Path) -> Result<ModelSheet, ExperimentError> {
    let path = folder.join("model.json");
    let model = read_model(&path)?;
    Ok(of_model(&path, &model, Some(&read_contract(folder)?)))
}

fn read_model(path: &Path) -> Result<Model, ExperimentError> {
    Ok(exported_model(&read_text(path, Limit::Model)?, path)?)
}

/// A graph says of itself what its metadata hold.
fn of_onnx(path: &Path) -> Result<ModelSheet, ExperimentError> {
    let bytes = read_bytes(path, Limit::Model)?;
    let Some(mut metadata) = onnx_metadata(&bytes).filter(|metadata| metadata.contains_key("scaleout_version")) else {
        let message = "not an ONNX file that scaleout wrote; accepted: the model.onnx of a run";
        return Err(ExperimentError::Model { path: path.to_owned(), message: message.to_owned() });
    };
    let mut listed = |key: &str| -> Vec<String> {
        metadata.remove(key).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    };
    let (names, units) = (listed("features"), listed("units"));
    let features = names.into_iter().zip(units).map(|(name, unit)| SheetFeature { name, unit, training_range: None });
    let features = features.collect();
    let mut facts: Vec<_> = metadata.into_iter().map(|(key, text)| (key.replace('_', " "), shown(&text))).collect();
    facts.sort();
    Ok(ModelSheet { path: path.to_owned(), facts, features })
}

fn of_model(path: &Path, model: &Model, contract: Option<&ModelContract>) -> ModelSheet {
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |name: &str, text: String| facts.push((name.to_owned(), text));
    let learner = serde_json::to_value(&model.learner).unwrap_or_default();
    let settings = learner.as_object().into_iter().flatten().filter(|(key, _)| *key != "kind");
    let settings: Vec<String> = settings.map(|(key, value)| format!("{key} = {value}")).collect();
    fact("learner", format!("{} ({})", model.learner.name(), settings.join(", ")));
    fact("format", format!("model.json of version {}", model.version));
    if let Some(contract) = contract {
        fact("experiment", format!("{}, written by scaleout {}", contract.experiment, contract.product_version));
        let symbols: Vec<&str> = contract.instruments().map(|instrument| instrument.symbol.as_str()).collect();
        let shown = match symbols.len().saturating_sub(12) {
            0 => symbols.join(", "),
            more => format!("{} and {more} more", symbols[..12].join(", ")),
        };
        fact("market", format!("{shown}, in {}", contract.instrument.currency));
    }
    let training = &model.training;
    fact(
        "trained on",
        format!(
            "{} trades, worth {:.0} that do not overlap, from {} to {}",
            training.trades, training.effective_trades, training.first, training.last
        ),
    );
    if let Some(contract) = contract {
        fact("data", format!("sha256 {}", contract.training.data_sha256));
        fact("valid until", format!("{} by the time of the events", contract.valid_until));
    }
    let tranches = model.tranches;
    fact(
        "decides",
        format!("at each close for up to {} bars, in steps of 1/{tranches} of the size", model.horizon_bars),
    );
    fact("maximises", serde_json::to_string(&model.objective).unwrap_or_default());
    fact("departs from", departure(model));
    if let Some(contract) = contract {
        let typical = &contract.typical_trade;
        fact(
            "typical costs",
            format!(
                "{:.4} R in proportion to what is sold, {:.4} R per order, {:.4} R impact of a whole position",
                typical.proportional_r, typical.per_order_r, typical.impact_r
            ),
        );
        fact("fills", serde_json::to_string(&contract.fills).unwrap_or_default());
        fact("verdict", contract.expected.verdict.clone());
        fact("expected figures", format!("out of sample, of {}", contract.expected.of));
        for figure in &contract.expected.figures {
            let Some(value) = figure.value else { continue };
            let ci95 = figure.ci95.map_or(String::new(), |[low, high]| format!(" (95 % {low:+.3} to {high:+.3})"));
            fact(&format!("expect {}", figure.name), format!("{value:+.3} {}{ci95}", figure.unit));
        }
    }
    let ranges: BTreeMap<&str, _> = contract
        .map(|contract| contract.features.iter().map(|feature| (feature.name.as_str(), feature)).collect())
        .unwrap_or_default();
    let present = model.layout.market.len() + model.layout.position.len();
    let feature = |name: String| {
        let known = ranges.get(name.as_str());
        let range = known.map(|known| known.training_range);
        SheetFeature {
            unit: known.map(|known| known.unit.clone()).unwrap_or_default(),
            training_range: range.and_then(|range| Some([range.low?, range.median?, range.high?])),
            name,
        }
    };
    let features = model.layout.names().into_iter().take(present).map(feature).collect();
    ModelSheet { path: path.to_owned(), facts, features }
}

/// The plain rule that the model departs from, and when.
fn departure(model: &Model) -> String {
    let Some(facts) = &model.training.departure else { return "no rule: a plain regression".to_owned() };
    let when = match facts.caution {
        Some(caution) => format!("where its advantage exceeds {caution} standard errors"),
        None => "never: the rule decides alone".to_owned(),
    };
    let (rule, at_once) = (facts.rule_out_of_fold, facts.sell_at_once);
    format!("`{}` {when} (J in training {rule:+.3} R, selling at once {at_once:+.3} R)", facts.rule.name)
}

impl fmt::Display for ModelSheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", scaleout_data::shown_path(&self.path))?;
        let width = self.facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, text) in &self.facts {
            writeln!(f, "{name:width$}  {}", text.replace('\n', " "))?;
        }
        let width = self.features.iter().map(|feature| feature.name.chars().count()).max().unwrap_or(0);
        writeln!(f, "\n{:width$}  in training: .1 %, median, 99.9 %; unit", "feature")?;
        for SheetFeature { name, unit, training_range } in &self.features {
            match training_range {
                Some([low, median, high]) => writeln!(f, "{name:width$}  {low:.4}, {median:.4}, {high:.4}; {unit}")?,
                None => writeln!(f, "{name:width$}  –; {unit}")?,
            }
        }
        Ok(())
    }
}
