//! The exits that were really made of the user's entries, placed in the bars of the replay.

use std::collections::BTreeSet;
use std::path::PathBuf;

use scaleout_data::{MadeExits, read_exits_csv};
use scaleout_exits::{AsTraded, ExitError};
use scaleout_market::{Entry, MadeExit};

use crate::{
    DroppedEntries, ExperimentError, LoadedConfig,
    entries::{EntriesConfig, OutsideBar},
    stages::{
        entry_checks,
        located::{Located, Markets},
    },
};

/// Refuses exits of no entry, and entries without an exit.
///
/// # Errors
/// Names file, row and id.
pub(super) fn check_ids<'a>(
    entries: impl Iterator<Item = &'a Entry> + Clone,
    (path, made): &(PathBuf, MadeExits),
    loaded: &LoadedConfig,
) -> Result<(), ExperimentError> {
    let ids: BTreeSet<&str> = entries.clone().map(|entry| entry.id.as_str()).collect();
    if let Some((id, exits)) = made.iter().find(|(id, _)| !ids.contains(id.as_str())) {
        let row = exits.first().map_or(0, |(row, _)| *row);
        let message = format!("row {row}, column id: `{id}` is no entry; accepted: the ids of the file of entries");
        return Err(ExperimentError::Obstacle { path: path.clone(), message });
    }
    match entries.into_iter().find(|entry| !made.contains_key(&entry.id)) {
        None => Ok(()),
        Some(entry) => {
            let row = entry_checks::row(loaded, entry);
            let message = format!(
                "{row}entry `{}` has no exit in {}; accepted: at least one an entry, or entries without `exits`",
                entry.id,
                path.display()
            );
            Err(ExperimentError::Obstacle { path: loaded.entries_file(), message })
        }
    }
}

/// What was really sold of each of `located`, of which `made` are the exits; `None` for all without a file of exits. Entries with an exit outside its bar
/// are left out and counted if the config says so.
///
/// # Errors
/// Names the file and the row of the first exit that cannot have been.
pub(super) fn as_traded(
    located: &mut Vec<Located>,
    made: Option<(PathBuf, MadeExits)>,
    dropped: &mut DroppedEntries,
    markets: Markets<'_>,
    loaded: &LoadedConfig,
) -> Result<Vec<Option<AsTraded>>, ExperimentError> {
    let Some((path, made)) = made else { return Ok(vec![None; located.len()]) };
    let skips = matches!(&loaded.config.entries, EntriesConfig::File { outside_bar: OutsideBar::Skip, .. });
    let (mut kept, mut placed) = (Vec::with_capacity(located.len()), Vec::with_capacity(located.len()));
    for located in located.drain(..) {
        let Located { entry, market, first_bar } = &located;
        let exits = made.get(&entry.id).map_or(&[][..], Vec::as_slice);
        let sales: Vec<MadeExit> = exits.iter().map(|(_, exit)| *exit).collect();
        match AsTraded::new(entry, *first_bar, markets.view(*market), &sales, &loaded.config.replay) {
            Ok(as_traded) => {
                placed.push(Some(as_traded));
                kept.push(located);
            }
            Err(ExitError::ExitOutsideBar { .. }) if skips => dropped.outside_bar += 1,
            Err(error) => {
                let place = match &error {
                    ExitError::ExitOutsideBar { exit, .. } | ExitError::MadeExit { exit, .. } => exits.get(exit - 1),
                    _ => None,
                };
                let row = place.map_or_else(String::new, |(row, _)| format!("row {row}: "));
                let hint = match &error {
                    ExitError::ExitOutsideBar { .. } => {
                        "; `outside_bar = \"skip\"` in [entries] leaves such trades out"
                    }
                    _ => "",
                };
                return Err(ExperimentError::Obstacle { path, message: format!("{row}{error}{hint}") });
            }
        }
    }
    *located = kept;
    Ok(placed)
}

/// The file of exits and what it holds, if the config names one.
///
/// # Errors
/// If it cannot be read.
pub(super) fn read(loaded: &LoadedConfig) -> Result<Option<(PathBuf, MadeExits)>, ExperimentError> {
    let EntriesConfig::File { exits: Some(exits), time, .. } = &loaded.config.entries else { return Ok(None) };
    let path = loaded.base.join(exits);
    let made = read_exits_csv(&path, time)?;
    Ok(Some((path, made)))
}
