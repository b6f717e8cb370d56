//! Why an experiment whose config, data and entries can be read still cannot be run: what `check` says and `run` refuses.

use std::path::PathBuf;

use scaleout_training::LEAST_TRADES;
use scaleout_validation::Split;
use serde::Serialize;

use crate::{
    ExperimentError, LoadedConfig, Prepared,
    inspect::contestant_names::wrong_names,
    stages::{adds::refused_models, feature_facts::FeatureFacts, ledger::TrialLedger},
};

/// A reason why an experiment cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// The file that it is about.
    pub path: PathBuf,
    /// What is wrong and what would be accepted.
    pub message: String,
}

/// All reasons why `prepared`, read from `loaded`, cannot be run; none if it can.
///
/// # Errors
/// If a feature does not exist.
pub(crate) fn obstacles(loaded: &LoadedConfig, prepared: &Prepared) -> Result<Vec<Obstacle>, ExperimentError> {
    let mut found = few_trades(loaded, prepared.splits());
    for (name, known) in known_bars(prepared)? {
        if known == 0 {
            let message = format!(
                "training.features: `{name}` never has a value; accepted: features that the data can feed, with a \
                 warm-up shorter than the data"
            );
            found.push(Obstacle { path: loaded.path.clone(), message });
        }
    }
    let wrong = wrong_names(prepared).into_iter();
    found.extend(wrong.map(|message| Obstacle { path: loaded.path.clone(), message }));
    if let Some(message) = refused_models(prepared, !prepared.config.training.learners.is_empty()) {
        found.push(Obstacle { path: loaded.path.clone(), message });
    }
    found.extend(TrialLedger::obstacle(prepared));
    Ok(found)
}

/// The market features with the number of bars, of all markets, at whose close each has a value.
pub(crate) fn known_bars(prepared: &Prepared) -> Result<Vec<(String, usize)>, ExperimentError> {
    let facts = prepared.feature_facts()?;
    let known = |facts: &FeatureFacts| facts.values.iter().map(|values| values.known).sum();
    Ok(facts.iter().map(|facts| (facts.name.clone(), known(facts))).collect())
}

fn few_trades(loaded: &LoadedConfig, splits: Result<Vec<Split>, ExperimentError>) -> Vec<Obstacle> {
    let path = loaded.entries_file();
    match splits {
        Err(error) => {
            let message = format!("entries: {error}; accepted: {LEAST_TRADES} or more to learn from before every test");
            vec![Obstacle { path, message }]
        }
        Ok(splits) => {
            let few = splits.iter().enumerate().filter(|(_, split)| split.train.len() < LEAST_TRADES);
            few.map(|(fold, split)| {
                let (fold, trades) = (fold + 1, split.train.len());
                let message = format!(
                    "entries: {trades} trades to learn from in fold {fold}; accepted: {LEAST_TRADES} or more before every \
                     test, after those are left out whose horizon reaches into it"
                );
                Obstacle { path: path.clone(), message }
            })
            .collect()
        }
    }
}
