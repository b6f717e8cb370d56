//! The config of an experiment: a run is its config file.

pub(crate) mod baselines;
mod events;
pub(crate) mod objective;
pub(crate) mod training;
pub(crate) mod validation;
pub(crate) mod values;

use std::path::{Path, PathBuf};

use scaleout_data::{Limit, MarketsConfig, read_text};
use scaleout_evaluation::EvaluationConfig;
use scaleout_exits::{BookConfig, ReplayConfig};
use serde::{Deserialize, Serialize};

use crate::{
    BaselinesConfig, ExperimentError, ObjectiveConfig, TrainingConfig, ValidationConfig,
    config::values::{BadValue, learn_under_the_markets_limits},
    entries::EntriesConfig,
};

/// One experiment, as in its TOML file. A run is defined by its config file alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentConfig {
    /// Name of the experiment and of its default run folder: a plain folder name.
    pub name: String,
    /// Seed of every random draw of the run.
    pub seed: u64,
    /// The market, or the markets.
    pub data: MarketsConfig,
    /// The trades.
    pub entries: EntriesConfig,
    /// Horizon, fills and costs.
    pub replay: ReplayConfig,
    /// The objective J, which judges every exit.
    #[serde(default)]
    pub objective: ObjectiveConfig,
    /// The exits that the models must beat.
    #[serde(default)]
    pub baselines: BaselinesConfig,
    /// Features and learners of the models.
    pub training: TrainingConfig,
    /// Train and test splits.
    #[serde(default)]
    pub validation: ValidationConfig,
    /// The account that takes the same entries in turn.
    #[serde(default)]
    pub account: BookConfig,
    /// How contestants are compared.
    #[serde(default)]
    pub evaluation: EvaluationConfig,
}

/// A config together with the place it was read from.
#[derive(Debug, Clone)]
pub struct LoadedConfig {
    /// The config.
    pub config: ExperimentConfig,
    /// The file, for messages.
    pub path: PathBuf,
    /// The folder that its relative paths start from.
    pub base: PathBuf,
}

impl LoadedConfig {
    /// The config in the file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read, or a value cannot be used: with its line, its column and what would be accepted.
    pub fn read(path: &Path) -> Result<Self, ExperimentError> {
        let text = read_text(path, Limit::Config)?;
        let mut loaded = Self::parse(&text, path)?;
        if let Some(flat_before) = &mut loaded.config.replay.flat_before {
            events::read(flat_before, &loaded.base)?;
        }
        Ok(loaded)
    }

    /// The default config; it is embedded in the binary, with its data.
    pub fn embedded() -> Self {
        let text = include_str!("../../../../experiments/es-ticks/config.toml");
        Self::parse(text, Path::new("experiments/es-ticks/config.toml"))
            .expect("Invariant: a test parses the embedded config")
    }

    /// The config in `text`, which stands or will stand at `path`.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, ExperimentError> {
        let misread = |error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            at_place(start, error.message(), text, path)
        };
        let mut config = toml::from_str(text).map_err(misread)?;
        let limits = learn_under_the_markets_limits(&mut config);
        if let Some(bad) = limits.err().or_else(|| BadValue::in_config(&config)) {
            return Err(at_place(bad.place_in(text).start, &bad.message, text, path));
        }
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { config, path: path.to_owned(), base })
    }

    /// The file that the entries come from: the user's own list, or the config that generates them.
    pub(crate) fn entries_file(&self) -> PathBuf {
        match &self.config.entries {
            EntriesConfig::File { path, .. } => self.base.join(path),
            EntriesConfig::ChannelBreakout { .. }
            | EntriesConfig::MovingAverageCross { .. }
            | EntriesConfig::TimeGrid { .. }
            | EntriesConfig::Random { .. } => self.path.clone(),
        }
    }

    /// The error that `message` is about this file's values.
    pub fn value_error(&self, message: impl ToString) -> ExperimentError {
        ExperimentError::ConfigValue { path: self.path.clone(), message: message.to_string() }
    }
}

fn at_place(start: usize, message: &str, text: &str, path: &Path) -> ExperimentError {
    let before = &text[..start.min(text.len())];
    ExperimentError::Config {
        path: path.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1,
        message: message.replace('\n', " "),
    }
}
