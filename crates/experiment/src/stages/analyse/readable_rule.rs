//! Models as rules to read: of those that are rules, and of the chosen one a surrogate tree.

use std::path::Path;

use scaleout_data::{Limit, read_text};
use scaleout_report::{Imitation, ReadableRule};
use scaleout_training::{Distilled, ReadableTreeConfig, TrainingData, distil};

use crate::{ExperimentError, Fitted, RunFolder};

/// The rules that the report shows: of every refitted model that is one, and of the chosen model a tree that imitates
/// it where it is none.
pub(crate) fn readable_in_report(fitted: &Fitted, data: &TrainingData) -> Result<Vec<ReadableRule>, ExperimentError> {
    let lines = |rule: &str| rule.lines().map(str::to_owned).collect();
    let mut rules: Vec<ReadableRule> = of_models(fitted)
        .map(|(name, rule)| ReadableRule { model: name, lines: lines(&rule), imitation: None })
        .collect();
    let chosen = fitted.refit.models.get(fitted.refit.chosen);
    if let Some(chosen) = chosen.filter(|chosen| chosen.model.readable_rule().is_none()) {
        let trades: Vec<usize> = (0..data.paths().len()).collect();
        let Distilled { model, model_objective, tree_objective } =
            distil(&chosen.model, data, &trades, &ReadableTreeConfig::default())?;
        if let Some(rule) = model.readable_rule() {
            let imitation = Imitation { trades: trades.len(), model_objective, rule_objective: tree_objective };
            rules.push(ReadableRule { model: chosen.name.clone(), lines: lines(&rule), imitation: Some(imitation) });
        }
    }
    Ok(rules)
}

/// The refitted models that are rules, each under the name of its learner.
fn of_models(fitted: &Fitted) -> impl Iterator<Item = (String, String)> {
    let models = fitted.refit.models.iter();
    models.filter_map(|fitted| Some((fitted.name.clone(), fitted.model.readable_rule()?)))
}

/// The readable rules among the models that a run refitted on all its trades, each under the name of its learner.
/// `path` is the run's folder, the model folder in it, or the model.json in that.
///
/// # Errors
/// If there is no such file, or no model in it reads as a rule.
pub fn readable_rules(path: &Path) -> Result<Vec<(String, String)>, ExperimentError> {
    RunFolder::settle(path)?;
    let candidates = [path.to_owned(), path.join("model.json"), path.join("model").join("model.json")];
    let file = candidates.into_iter().find(|file| file.is_file()).unwrap_or_else(|| path.to_owned());
    let text = read_text(&file, Limit::Model)?;
    let fitted = Fitted::from_json(&text, &file)?;
    let rules: Vec<(String, String)> = of_models(&fitted).collect();
    if rules.is_empty() {
        let message = "no model in it reads as a rule: add { kind = \"readable-tree\" } to the learners".to_owned();
        return Err(ExperimentError::Model { path: file, message });
    }
    Ok(rules)
}
