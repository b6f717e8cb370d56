use std::{collections::BTreeMap, fmt, path::PathBuf};

use scaleout_exits::{Book, Objective};
use scaleout_market::{Entry, OutOfRange};
use serde::{Deserialize, Serialize};

use crate::{Contestant, EvaluationError, Grouping, PermutedSchedules, SymbolFacts, TradeScores};

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
    /// What the model is compared with.
    pub in_span: InSpan<'a>,
    /// Name of the intrabar rule of the main assumptions.
    pub intrabar_rule: &'a str,
    /// Contestants under other assumptions: at least the candidate and what it is compared with.
    pub sensitivity: &'a [SensitivityLeg],
    /// Draws of permuted schedules of the models.
    pub permuted: &'a [PermutedSchedules],
    /// Settings tried inside training spans, tuning included; reported only.
    pub n_trials: usize,
    /// Configurations judged on these test trades.
    pub trials: Trials,
    /// What the outcomes do not tell.
    pub facts: &'a Facts,
    /// Pairs of contestants to lay side by side in every figure.
    pub pairs: &'a [(String, String)],
    /// The best exit in parts and the best exit at once, each chosen in-span.
    pub scaling: Option<(&'a str, &'a str)>,
    /// Seed of the run.
    pub seed: u64,
}

/// The contestants that follow in each fold what was best inside its training span: what could have been chosen
/// without looking at a test trade. As-traded exits, hindsight and permuted schedules are never among the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InSpan<'a> {
    /// Name of the benchmark: the contestant that follows the baseline of any kind with the highest J in the training span.
    /// The verdict compares the model with it. Without it nothing is judged.
    pub rule: Option<&'a str>,
    /// The same among ladders.
    pub ladder: Option<&'a str>,
}

/// How many configurations were judged on the same test trades, this one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trials {
    /// No ledger was kept.
    Unknown,
    /// As the ledger says; at least 1.
    Counted(usize),
}

impl Trials {
    /// The count, if there is one.
    pub fn count(self) -> Option<usize> {
        match self {
            Self::Unknown => None,
            Self::Counted(count) => Some(count),
        }
    }
}

/// A feature that knows what the next bar brings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leak {
    /// The feature or column, as the config names it.
    pub feature: String,
    /// Spearman's rank correlation with the return of the bar after it is known.
    pub rank_correlation: f64,
    /// Lower 99 % bound of its size.
    pub low99: f64,
    /// The correlation that is left when the feature comes one bar later.
    pub one_bar_later: f64,
}

/// What the outcomes do not tell, for the verdict and its words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// Contestants in a trader's words, for example `the percent trail`; others are shown by their names.
    pub words: BTreeMap<String, String>,
    /// The learner behind the candidate in each fold.
    pub learners: Vec<String>,
    /// Features that know the next bar; `None` where they were not looked for.
    pub leaks: Option<Vec<Leak>>,
    /// What the trades are grouped by, besides side, session and year.
    pub groupings: Vec<Grouping>,
    /// Bars after which every contestant is closed: how far figures look beyond an exit. `None` looks nowhere.
    pub horizon_bars: Option<usize>,
    /// Money value of 1 R; `None` if unknown.
    pub stake: Option<Stake>,
}

/// What 1 R of a trade is in money when the account starts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stake {
    /// Cash at the start.
    pub capital: f64,
    /// Share of it that 1 R is.
    pub risk_per_trade_frac: f64,
    /// Currency of the account.
    pub currency: String,
}

impl Facts {
    /// The contestant `name` in words.
    pub(crate) fn say(&self, name: &str) -> String {
        self.words.get(name).cloned().unwrap_or_else(|| format!("`{name}`"))
    }
}

/// An assumption other than the main one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assumption {
    /// Another intrabar rule, by its name in configurations, as `stop-first`.
    Intrabar(String),
    /// All costs multiplied.
    CostsTimes(f64),
    /// The risk aversion of J multiplied; what the rules do stays.
    RiskAversionTimes(f64),
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
            Self::RiskAversionTimes(times) => write!(f, "risk aversion × {times}"),
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
    /// Scores by contestant; those of the candidate and of what it is compared with must be among them.
    pub scores: Vec<TradeScores>,
}

/// How finely the verdict is computed, and where tries are counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawConfig")]
pub struct EvaluationConfig {
    /// Bootstrap draws of comparisons and of the test over all contestants.
    pub draws: usize,
    /// Bootstrap draws behind the interval of a metric.
    pub metric_draws: usize,
    /// Width of the calendar cells that are resampled, in seconds; by default the mean span of a trade.
    pub cell_secs: Option<u64>,
    /// Trading days in a year, for annualised figures; by default 365 where bars close on most weekend days, else 252.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trading_days_per_year: Option<f64>,
    /// File that counts the configurations judged on the same test trades; by default none is kept and their number is
    /// unknown. The caller reads and extends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<PathBuf>,
    /// Pairs of contestants to lay side by side in every figure, as `[["model", "hold"]]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawConfig {
    draws: usize,
    metric_draws: usize,
    cell_secs: Option<u64>,
    trading_days_per_year: Option<f64>,
    ledger: Option<PathBuf>,
    pairs: Vec<(String, String)>,
}

impl Default for RawConfig {
    fn default() -> Self {
        let EvaluationConfig { draws, metric_draws, cell_secs, trading_days_per_year, ledger, pairs } =
            EvaluationConfig::default();
        Self { draws, metric_draws, cell_secs, trading_days_per_year, ledger, pairs }
    }
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self {
            draws: 4_000,
            metric_draws: 1_000,
            cell_secs: None,
            trading_days_per_year: None,
            ledger: None,
            pairs: Vec::new(),
        }
    }
}

impl TryFrom<RawConfig> for EvaluationConfig {
    type Error = EvaluationError;

    fn try_from(raw: RawConfig) -> Result<Self, EvaluationError> {
        let RawConfig { draws, metric_draws, cell_secs, trading_days_per_year, ledger, pairs } = raw;
        Self { draws, metric_draws, cell_secs, trading_days_per_year, ledger, pairs }.checked()
    }
}

impl EvaluationConfig {
    /// The configuration itself, if every number is in its range.
    pub fn checked(self) -> Result<Self, EvaluationError> {
        let out_of_range = |field, value: f64, accepted| Err(OutOfRange::new(field, value, accepted).into());
        for (field, draws) in [("draws", self.draws), ("metric_draws", self.metric_draws)] {
            if !(200..=100_000).contains(&draws) {
                return out_of_range(field, draws as f64, "200 to 100000");
            }
        }
        if self.cell_secs == Some(0) {
            return out_of_range("cell_secs", 0.0, "1 or more");
        }
        if let Some(days) = self.trading_days_per_year
            && !(days.is_finite() && days > 0.0)
        {
            return out_of_range("trading_days_per_year", days, "a finite number above 0");
        }
        Ok(self)
    }
}
