use std::collections::BTreeSet;

use scaleout_evaluation::Family;
use scaleout_exits::policies::{PolicyConfig, PolicyFamily};
use serde::{Deserialize, Serialize};

/// The section `[baselines]`: the exits that the models must beat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BaselinesConfig {
    /// Families whose parameters are tuned in J on each training span; all of them by default.
    pub families: Vec<PolicyFamily>,
    /// Exits of the user's own, replayed as they are.
    pub own: Vec<OwnPolicy>,
}

/// An exit of the user's own, under the user's name for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPolicy {
    /// Name for tables and reports.
    pub name: String,
    /// The exit.
    pub policy: PolicyConfig,
}

impl Default for BaselinesConfig {
    fn default() -> Self {
        Self { families: PolicyFamily::ALL.to_vec(), own: Vec::new() }
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
    /// The baselines, families first; the message names a name that is taken twice.
    pub fn resolve(&self) -> Result<Vec<Baseline>, String> {
        let families =
            self.families.iter().map(|family| Baseline { name: family.name().to_owned(), grid: family.grid() });
        let own = self.own.iter().map(|own| Baseline { name: own.name.clone(), grid: vec![own.policy.clone()] });
        let baselines: Vec<Baseline> = families.chain(own).collect();
        let mut names = BTreeSet::new();
        match baselines.iter().find(|baseline| !names.insert(&baseline.name)) {
            Some(twice) => Err(format!("baselines: the name `{}` appears twice; accepted: distinct names", twice.name)),
            None => Ok(baselines),
        }
    }
}

/// What the verdict must know of how `policy` takes positions off.
pub fn family_of(policy: &PolicyConfig) -> Family {
    match policy {
        PolicyConfig::Ladder(_)
        | PolicyConfig::BreakEvenLadder(_)
        | PolicyConfig::MoonBag(_)
        | PolicyConfig::TimeDecayedLadder(_)
        | PolicyConfig::Plan(_) => Family::Ladder,
        PolicyConfig::AllOutTarget(_)
        | PolicyConfig::AllOutTime(_)
        | PolicyConfig::AllOutStop(_)
        | PolicyConfig::TripleBarrier(_)
        | PolicyConfig::StagedStops(_)
        | PolicyConfig::Schedule(_) => Family::AllOut,
        PolicyConfig::Trailing(_) | PolicyConfig::Chandelier(_) | PolicyConfig::Turtle(_) => Family::Trailing,
        PolicyConfig::RsiBand(_) | PolicyConfig::Climax(_) => Family::Signal,
    }
}
