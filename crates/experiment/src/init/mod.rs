//! A config that runs, made of the user's own files: `scaleout init`.
//!
//! The files are read as a run would read them, and the config is checked as `check` would, before it is written. What
//! was told of the files and what was assumed stands in the config, so that a person can say otherwise there.

mod instrument;
mod listed;
mod market;
mod plan;
mod request;
mod text;

pub use request::InitRequest;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    ExperimentError, LoadedConfig, Obstacle, Prepared,
    error::io_error,
    init::{
        instrument::GuessedInstrument,
        listed::{Listed, read_list},
        market::{ReadMarket, read_market},
        plan::{ConfigPlan, plans},
        request::{name_of, seen_from},
        text::config_text,
    },
    inspect::obstacles::obstacles,
};

/// What [`init`] did.
#[derive(Debug, Clone, PartialEq)]
pub struct InitReport {
    /// What was told of the files and what was assumed, a line each.
    pub lines: Vec<String>,
    /// The config.
    pub config: PathBuf,
}

/// Reads the user's files and writes a commented config that runs on them. No file is replaced, and a refusal leaves
/// none.
///
/// # Errors
/// If a file cannot be read or is neither bars nor trades, if the data are too short to learn from, or if the config
/// exists.
pub fn init(request: &InitRequest) -> Result<InitReport, ExperimentError> {
    let name = name_of(request);
    let config = request.out.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.toml")));
    if fs::symlink_metadata(&config).is_ok() {
        return Err(occupied(&config));
    }
    let base = config.parent().unwrap_or(Path::new("")).to_owned();
    let read = read_market(request, &base)?;
    let mut guessed = GuessedInstrument::of(request, &read)?;
    let folder = base.join(format!("{name}-trades"));
    let listed = match &request.entries {
        None => None,
        Some(path) => {
            let path = seen_from(&base, path)?;
            let listed = match read_list(&path, &base, &folder, guessed.symbol()) {
                Err(error) if guessed.takes_name_of(&error) => read_list(&path, &base, &folder, guessed.symbol()),
                other => other,
            };
            Some(listed?)
        }
    };
    let written = runnable(&name, &config, &read, &guessed, listed.as_ref()).and_then(|(text, lines)| {
        write_new(&config, &text)?;
        Ok(lines)
    });
    let lines = match (written, &listed) {
        (Ok(lines), _) => lines,
        (Err(error), None) => return Err(error),
        (Err(error), Some(listed)) => {
            listed.withdraw();
            return Err(error);
        }
    };
    let mut all = read.lines();
    all.push(guessed.line());
    all.extend(listed.iter().flat_map(|listed| listed.lines.clone()));
    all.extend(lines);
    Ok(InitReport { lines: all, config })
}

/// The first config that can be run, and what is said of it.
fn runnable(
    name: &str,
    config: &Path,
    read: &ReadMarket,
    guessed: &GuessedInstrument,
    listed: Option<&Listed>,
) -> Result<(String, Vec<String>), ExperimentError> {
    let mut refused: Option<Obstacle> = None;
    for plan in plans(read, guessed, listed) {
        let text = config_text(name, config, read, guessed, &plan);
        let loaded = LoadedConfig::parse(&text, config)?;
        let prepared = Prepared::new(&loaded)?;
        match obstacles(&loaded, &prepared)?.into_iter().next() {
            None => return Ok((text, plan_lines(&plan, &prepared))),
            Some(obstacle) => refused = refused.or(Some(obstacle)),
        }
    }
    let bars = read.market.history.series.len();
    let message = refused.map_or_else(String::new, |obstacle| format!(": {}", obstacle.message));
    let message = format!("{bars} bars are too few to learn exits from{message}; accepted: some hundred bars or more");
    Err(ExperimentError::Obstacle { path: read.first_file(), message })
}

fn plan_lines(plan: &ConfigPlan, prepared: &Prepared) -> Vec<String> {
    let dropped = prepared.dropped.count();
    let left_out =
        if dropped == 0 { String::new() } else { format!(", {dropped} left out (`scaleout check` says why)") };
    let folds = prepared.splits().map_or(0, |splits| splits.len());
    vec![
        format!("entries: {}: {} trades{left_out}", plan.words(), prepared.trades.len()),
        format!("horizon: {} bars; {folds} folds", plan.horizon_bars),
    ]
}

/// Writes a file that was not there.
fn write_new(path: &Path, text: &str) -> Result<(), ExperimentError> {
    let mut file = fs::File::options().write(true).create_new(true).open(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists { occupied(path) } else { io_error(path, error) }
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
        // Half a config is of no use to anyone.
        let _ = fs::remove_file(path);
        io_error(path, error)
    })
}

fn occupied(path: &Path) -> ExperimentError {
    let message = "exists already and is left as it is; accepted: another name after --out".to_owned();
    ExperimentError::Obstacle { path: path.to_owned(), message }
}
