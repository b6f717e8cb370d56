//! The exits that the models must beat: families that are tuned, and the user's own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use scaleout_data::{Limit, read_text};
use scaleout_exits::policies::{PolicyConfig, PolicyFamily};
use scaleout_model::unsealed;
use serde::{Deserialize, Serialize};

use crate::{ExperimentError, LearnedFrom};

/// The section `[baselines]`: the exits that the models must beat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BaselinesConfig {
    /// Families whose parameters are tuned in J on each training span; the usual ones by default.
    pub families: Vec<PolicyFamily>,
    /// The user's exits, replayed unchanged. Ranges in a condition are tuned like a family.
    pub own: Vec<OwnPolicy>,
}

/// One of the user's exits, with its name: written out, or in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPolicy {
    /// Name for tables and reports.
    pub name: String,
    /// The exit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyConfig>,
    /// A JSON or TOML file with the exit, at the top level or under the key `policy` as in a run's `model/ladder.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// What the exit was learned from, if its file states it. On those trades it is in sample and never the benchmark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_from: Option<LearnedFrom>,
}

impl Default for BaselinesConfig {
    fn default() -> Self {
        Self { families: PolicyFamily::usual(), own: Vec::new() }
    }
}

/// A baseline and the settings it is tuned over.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// Name of the contestant.
    pub name: String,
    /// At least one setting.
    pub grid: Vec<PolicyConfig>,
}

impl BaselinesConfig {
    /// Puts the exits of files in place of the files; `base` is where relative paths start.
    ///
    /// # Errors
    /// If a file cannot be read or holds no exit.
    pub fn read_files(&mut self, base: &Path) -> Result<(), ExperimentError> {
        for own in &mut self.own {
            if let (Some(file), None) = (&own.file, &own.policy) {
                let (policy, learned_from) = read_policy(&base.join(file))?;
                own.policy = Some(policy);
                own.learned_from = learned_from;
                own.file = None;
            }
        }
        Ok(())
    }

    /// The baselines, families first.
    ///
    /// # Errors
    /// If a name is taken twice, or an exit of the user's own has neither `policy` nor `file`, or both.
    pub fn resolve(&self) -> Result<Vec<Baseline>, String> {
        let families =
            self.families.iter().map(|family| Baseline { name: family.name().to_owned(), grid: family.grid() });
        let mut baselines: Vec<Baseline> = families.collect();
        for own in &self.own {
            match (&own.policy, &own.file) {
                (Some(policy), None) => baselines.push(Baseline { name: own.name.clone(), grid: policy.settings() }),
                _ => return Err(format!("baselines.own `{}`: accepted: either `policy` or `file`", own.name)),
            }
        }
        let mut names = BTreeSet::new();
        match baselines.iter().find(|baseline| !names.insert(&baseline.name)) {
            Some(twice) => Err(format!("baselines: the name `{}` appears twice; accepted: distinct names", twice.name)),
            None => Ok(baselines),
        }
    }
}

/// The exit in a file, by its ending, and what it learned from, if the file says so.
fn read_policy(path: &Path) -> Result<(PolicyConfig, Option<LearnedFrom>), ExperimentError> {
    let wrong = |message: String| ExperimentError::ConfigValue { path: path.to_owned(), message };
    let text = read_text(path, Limit::Config)?;
    // The plan card of a run ends with its digest.
    let text = unsealed(&text).map_err(|error| wrong(error.to_string()))?.json;
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let value: serde_json::Value = if is_json {
        serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?
    } else {
        toml::from_str(&text).map_err(|error| wrong(error.message().replace('\n', " ")))?
    };
    let learned_from = value.get("learned_from").cloned().map(serde_json::from_value).transpose();
    let learned_from = learned_from.map_err(|error| wrong(format!("learned_from: {error}")))?;
    let policy = value.get("policy").cloned().unwrap_or(value);
    let policy = serde_json::from_value(policy).map_err(|error| wrong(format!("holds no exit: {error}")))?;
    Ok((policy, learned_from))
}

/// The baselines `names` in a trader's words; the user's rules keep their names.
pub(crate) fn words<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let said = |name: &str| PolicyFamily::ALL.into_iter().find(|family| family.name() == name).map(PolicyFamily::words);
    names.filter_map(|name| Some((name.to_owned(), said(name)?.to_owned()))).collect()
}
