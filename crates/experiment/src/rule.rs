use std::{fs, path::Path};

use crate::{ExperimentError, Fitted};

/// The readable rules among the models that a run refitted on all its trades, each under the name of its learner.
/// `path` is the run's folder, the model folder in it, or the model.json in that.
///
/// # Errors
/// If there is no such file, or no model in it reads as a rule.
pub fn readable_rules(path: &Path) -> Result<Vec<(String, String)>, ExperimentError> {
    let candidates = [path.to_owned(), path.join("model.json"), path.join("model").join("model.json")];
    let file = candidates.into_iter().find(|file| file.is_file()).unwrap_or_else(|| path.to_owned());
    let text = fs::read_to_string(&file).map_err(|source| ExperimentError::Io { path: file.clone(), source })?;
    let fitted = Fitted::from_json(&text, &file)?;
    let models = fitted.refit.models.iter();
    let rules: Vec<(String, String)> =
        models.filter_map(|fitted| Some((fitted.name.clone(), fitted.model.readable_rule()?))).collect();
    if rules.is_empty() {
        let message = "no model in it reads as a rule: add { kind = \"readable-tree\" } to the learners".to_owned();
        return Err(ExperimentError::Model { path: file, message });
    }
    Ok(rules)
}
