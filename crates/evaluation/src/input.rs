use std::{collections::BTreeMap, fmt};

use scaleout_exits::{Book, Objective, TradeOutcome};
use scaleout_market::{Entry, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Contestant, EvaluationError, TradeScores};

/// Everything a verdict is made from.
#[derive(Debug, Clone, Copy)]
pub struct EvaluationInput<'a> {
    /// The entries that every contestant replayed.
    pub entries: &'a [Entry],
    /// Bar times and currency of each symbol among the entries.
    pub symbols: &'a BTreeMap<String, SymbolFacts>,
    /// What J is.
    pub objective: &'a Objective,
    /// All contestants under the main assumptions, aligned on the entries.
    pub contestants: &'a [Contestant],
    /// The free-running book of each contestant, in their order; its indices are those of `entries`.
    pub books: &'a [Book],
    /// Name of the model chosen inside the training spans; without it the model with the highest J is judged, and
    /// the test over all contestants must pay for that choice.
    pub candidate: Option<&'a str>,
    /// Name of the intrabar rule of the main assumptions.
    pub intrabar_rule: &'a str,
    /// The same contestants (all of them, or models and ladders) under other assumptions.
    pub sensitivity: &'a [SensitivityLeg],
    /// Draws of permuted schedules of the models.
    pub permuted: &'a [PermutedSchedules],
    /// How many configurations were tried on the way, tuning included.
    pub n_trials: usize,
    /// Seed of the run.
    pub seed: u64,
}

/// What evaluation must know of a symbol.
#[derive(Debug, Clone, PartialEq)]
pub struct SymbolFacts {
    /// Close of every bar of its history, in order.
    pub bar_close: Vec<Timestamp>,
    /// Currency of the ledger.
    pub currency: String,
}

/// An assumption other than the main one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assumption {
    /// Another intrabar rule, by its name in configurations, as `stop-first`.
    Intrabar(String),
    /// All costs multiplied.
    CostsTimes(f64),
    /// A cost in R for every bar held.
    HoldingCost(f64),
    /// Limits fill in another way, as `touch`.
    LimitFill(String),
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intrabar(rule) => write!(f, "{rule}"),
            Self::CostsTimes(times) => write!(f, "costs × {times}"),
            Self::HoldingCost(cost_r) => write!(f, "holding cost {cost_r} R a bar"),
            Self::LimitFill(rule) => write!(f, "limits fill on {rule}"),
        }
    }
}

/// What contestants earned under another assumption.
#[derive(Debug, Clone, PartialEq)]
pub struct SensitivityLeg {
    /// What differs.
    pub assumption: Assumption,
    /// Scores by contestant; those of the models and the ladders must be among them.
    pub scores: Vec<TradeScores>,
}

/// A model's fractions over time dealt out at random among entries of the same fold, side and symbol, several times.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutedSchedules {
    /// Name of the model.
    pub of: String,
    /// Scores of each draw; 19 draws are the fewest that can reach p < .05.
    pub draws: Vec<TradeScores>,
}

impl PermutedSchedules {
    /// The scores of a run of draws, from their outcomes.
    pub fn new(of: impl Into<String>, draws: impl IntoIterator<Item = Vec<TradeOutcome>>) -> Self {
        let of = of.into();
        let draws = draws.into_iter().map(|outcomes| TradeScores::new(of.clone(), &outcomes)).collect();
        Self { of, draws }
    }
}

/// How finely the verdict is computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawConfig")]
pub struct EvaluationConfig {
    /// Bootstrap draws of comparisons and of the test over all contestants.
    pub draws: usize,
    /// Bootstrap draws behind the interval of a metric.
    pub metric_draws: usize,
    /// Width of the calendar cells that are resampled, in seconds; by default the mean span of a trade.
    pub cell_secs: Option<u64>,
    /// Trading days in a year, for annualised figures: 252 for exchanges, 365 for markets that never close.
    pub trading_days_per_year: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawConfig {
    draws: usize,
    metric_draws: usize,
    cell_secs: Option<u64>,
    trading_days_per_year: f64,
}

impl Default for RawConfig {
    fn default() -> Self {
        let EvaluationConfig { draws, metric_draws, cell_secs, trading_days_per_year } = EvaluationConfig::default();
        Self { draws, metric_draws, cell_secs, trading_days_per_year }
    }
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self { draws: 4_000, metric_draws: 1_000, cell_secs: None, trading_days_per_year: 252.0 }
    }
}

impl TryFrom<RawConfig> for EvaluationConfig {
    type Error = EvaluationError;

    fn try_from(raw: RawConfig) -> Result<Self, EvaluationError> {
        let RawConfig { draws, metric_draws, cell_secs, trading_days_per_year } = raw;
        Self { draws, metric_draws, cell_secs, trading_days_per_year }.checked()
    }
}

impl EvaluationConfig {
    /// The configuration itself, if every number is in its range.
    pub fn checked(self) -> Result<Self, EvaluationError> {
        let out_of_range = |field, value, accepted| Err(EvaluationError::OutOfRange { field, value, accepted });
        for (field, draws) in [("draws", self.draws), ("metric_draws", self.metric_draws)] {
            if !(200..=100_000).contains(&draws) {
                return out_of_range(field, draws as f64, "200 to 100000");
            }
        }
        if self.cell_secs == Some(0) {
            return out_of_range("cell_secs", 0.0, "1 or more");
        }
        if !(self.trading_days_per_year.is_finite() && self.trading_days_per_year > 0.0) {
            return out_of_range("trading_days_per_year", self.trading_days_per_year, "a finite number above 0");
        }
        Ok(self)
    }
}
