//! Later entries into the same positions, placed in the bars of the replay, and what cannot be done with them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use scaleout_data::{AddRow, AddRows, read_adds_csv};
use scaleout_exits::{ExitError, check_adds};
use scaleout_market::{Entry, EntryError};

use crate::{
    ExperimentError, LoadedConfig, Prepared,
    entries::{EntriesConfig, OutsideBar},
    stages::located::{Located, Markets},
};

/// The file of adds and what it holds.
pub(super) struct AddsFile {
    path: PathBuf,
    rows: AddRows,
}

/// The file of adds, if the config names one.
///
/// # Errors
/// If it cannot be read.
pub(super) fn read(loaded: &LoadedConfig) -> Result<Option<AddsFile>, ExperimentError> {
    let EntriesConfig::File { adds: Some(adds), time, .. } = &loaded.config.entries else { return Ok(None) };
    let path = loaded.base.join(adds);
    let rows = read_adds_csv(&path, time)?;
    Ok(Some(AddsFile { path, rows }))
}

impl AddsFile {
    /// What is wrong with the add `number` of `entry`, from 1, with its row.
    fn obstacle(&self, entry: &str, number: usize, message: &str) -> ExperimentError {
        let row = self.rows.get(entry).and_then(|rows| rows.get(number - 1)).map_or(0, |add| add.row);
        ExperimentError::Obstacle { path: self.path.clone(), message: format!("row {row}: {message}") }
    }
}

/// Gives each of `entries` its adds.
///
/// # Errors
/// Names the row of the first add of no entry, on another side, before its entry, or beyond the planned quantity.
pub(super) fn give(
    entries: &mut [(usize, Entry)],
    file: &AddsFile,
    loaded: &LoadedConfig,
) -> Result<(), ExperimentError> {
    let mut by_id: BTreeMap<String, &mut Entry> =
        entries.iter_mut().map(|(_, entry)| (entry.id.clone(), entry)).collect();
    for (id, rows) in &file.rows {
        let Some(entry) = by_id.get_mut(id) else {
            let listed = loaded.entries_file();
            let message = format!("column id: `{id}` is no entry; accepted: the ids of {}", listed.display());
            return Err(file.obstacle(id, 1, &message));
        };
        let other = rows.iter().position(|AddRow { side, .. }| side.is_some_and(|side| side != entry.side));
        if let Some(place) = other {
            let side = format!("{:?}", entry.side).to_lowercase();
            let message =
                format!("column side: entry `{id}` is {side}; accepted: {side}, or an exit in a file of exits");
            return Err(file.obstacle(id, place + 1, &message));
        }
        entry.adds = rows.iter().map(|row| row.add).collect();
        match entry.clone().checked() {
            Ok(_) => {}
            Err(EntryError::Add { id, add, reason }) => {
                return Err(file.obstacle(&id, add, &format!("entry `{id}`: {reason}")));
            }
            Err(error) => return Err(file.obstacle(id, 1, &error.to_string())),
        }
    }
    Ok(())
}

/// Leaves out the entries with an add outside its bar where the config says so, and says how many.
///
/// # Errors
/// Names the row of the first add that cannot have filled: outside its bar, after the horizon, in no whole lots.
pub(super) fn in_their_bars(
    located: &mut Vec<Located>,
    file: &AddsFile,
    markets: Markets<'_>,
    loaded: &LoadedConfig,
) -> Result<usize, ExperimentError> {
    let skips = matches!(&loaded.config.entries, EntriesConfig::File { outside_bar: OutsideBar::Skip, .. });
    let (before, mut kept) = (located.len(), Vec::with_capacity(located.len()));
    for located in located.drain(..) {
        let Located { entry, market, first_bar } = &located;
        match check_adds(entry, *first_bar, markets.view(*market), &loaded.config.replay) {
            Ok(()) => kept.push(located),
            Err(ExitError::AddOutsideBar { .. }) if skips => {}
            Err(error @ ExitError::AddOutsideBar { add, .. }) => {
                let hint = "; `outside_bar = \"skip\"` in [entries] leaves such trades out";
                return Err(file.obstacle(&entry.id, add, &format!("{error}{hint}")));
            }
            Err(error @ ExitError::Add { add, .. }) => {
                return Err(file.obstacle(&entry.id, add, &error.to_string()));
            }
            Err(error @ ExitError::AddsOnMargin { .. }) => return Err(loaded.value_error(error)),
            // What is wrong with the entry itself is said where its path is made.
            Err(_) => kept.push(located),
        }
    }
    *located = kept;
    Ok(before - located.len())
}

/// Why there can be no models, if there are any in play: a trade has adds.
pub(crate) fn refused_models(prepared: &Prepared, has_models: bool) -> Option<String> {
    let with_adds = with_adds(prepared).filter(|_| has_models)?;
    Some(format!(
        "training.learners: entry `{with_adds}` has adds, and models value a position that fills at once; accepted: \
         `learners = []`, which judges rules and exits as traded, or [entries] without `adds`"
    ))
}

/// The same as an error.
///
/// # Errors
/// If there are models and adds.
pub(crate) fn check_models(prepared: &Prepared, has_models: bool) -> Result<(), ExperimentError> {
    refused_models(prepared, has_models).map_or(Ok(()), refused)
}

/// Refuses to look for the best schedule in hindsight of a position with adds.
///
/// # Errors
/// If an entry has adds.
pub(crate) fn check_hindsight(prepared: &Prepared) -> Result<(), ExperimentError> {
    with_adds(prepared).map_or(Ok(()), |id| {
        refused(format!("entry `{id}` has adds, and hindsight is known for positions that fill at once"))
    })
}

fn refused(message: String) -> Result<(), ExperimentError> {
    Err(ExperimentError::Adds { message })
}

/// The first entry with adds.
fn with_adds(prepared: &Prepared) -> Option<&str> {
    let trade = prepared.trades.iter().find(|trade| !trade.entry.adds.is_empty());
    trade.map(|trade| trade.entry.id.as_str())
}
