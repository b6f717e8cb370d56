//! Why an experiment whose config, data and entries can be read still cannot be run: what `check` says and `run` refuses.

use std::path::PathBuf;

use scaleout_training::LEAST_TRADES;
use scaleout_validation::Split;

use crate::{ExperimentError, LoadedConfig, Prepared, entries::EntriesConfig};

/// A reason why an experiment cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    Ok(found)
}

/// The market features with the number of bars at whose close each has a value.
pub(crate) fn known_bars(prepared: &Prepared) -> Result<Vec<(String, usize)>, ExperimentError> {
    let table = prepared.table(prepared.config.training.features.specs())?;
    let bars = prepared.market.history.series.len();
    let known = |column: usize| (0..bars).filter(|&t| table.row(t)[column].is_some()).count();
    Ok(table.names().iter().enumerate().map(|(column, name)| (name.clone(), known(column))).collect())
}

fn few_trades(loaded: &LoadedConfig, splits: Result<Vec<Split>, ExperimentError>) -> Vec<Obstacle> {
    let path = entries_file(loaded);
    match splits {
        Err(error) => vec![Obstacle { path, message: format!("entries: {error}") }],
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

/// The file that the entries come from: the user's own list, or the config that generates them.
pub(crate) fn entries_file(loaded: &LoadedConfig) -> PathBuf {
    match &loaded.config.entries {
        EntriesConfig::File { path, .. } => loaded.base.join(path),
        EntriesConfig::ChannelBreakout { .. }
        | EntriesConfig::MovingAverageCross { .. }
        | EntriesConfig::TimeGrid { .. }
        | EntriesConfig::Random { .. } => loaded.path.clone(),
    }
}
