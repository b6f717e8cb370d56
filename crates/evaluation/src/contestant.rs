use scaleout_exits::{TradeOutcome, policies::PolicyStyle};
use serde::{Deserialize, Serialize};

use crate::Sample;

/// The role of a contestant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContestantKind {
    /// A fixed rule, tuned on the same training spans as the models.
    Baseline,
    /// A learned exit.
    Model,
    /// The best exit in hindsight: an upper bound, not a rule.
    Oracle,
    /// A model's own fractions permuted: exposure without timing.
    Random,
}

/// How a contestant sells, as far as the verdict needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// In parts at levels fixed beforehand.
    Ladder,
    /// All at once, at a target, a time or a stop.
    AllOut,
    /// In parts at bars fixed beforehand.
    Schedule,
    /// In each fold the rule that was best in its training span: a choice among other contestants, not a rule of its own.
    InSpan,
    /// As the user or a program really traded: facts, not a rule.
    AsTraded,
    /// By a stop that follows the price.
    Trailing,
    /// By an indicator.
    Signal,
    /// By a learned hold value.
    Learned,
    /// By the plan card of a learned exit: levels, times and a stop.
    Plan,
    /// By hindsight.
    Hindsight,
    /// By permuted schedules.
    Shuffled,
}

impl From<PolicyStyle> for Family {
    fn from(style: PolicyStyle) -> Self {
        match style {
            PolicyStyle::Ladder => Self::Ladder,
            PolicyStyle::AllOut => Self::AllOut,
            PolicyStyle::Schedule => Self::Schedule,
            PolicyStyle::Trailing => Self::Trailing,
            PolicyStyle::Signal => Self::Signal,
        }
    }
}

/// One exit rule with its outcome for every entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Contestant {
    /// Unique name, as tables show it.
    pub name: String,
    /// Its role.
    pub kind: ContestantKind,
    /// How it sells.
    pub family: Family,
    /// Whether the entries are new to it.
    pub sample: Sample,
    /// One outcome for each entry, in the order of the entries.
    pub outcomes: Vec<TradeOutcome>,
}

impl Contestant {
    /// Whether it is a fixed rule, not a choice among others and not what was really traded.
    pub fn is_rule(&self) -> bool {
        self.kind == ContestantKind::Baseline && !matches!(self.family, Family::InSpan | Family::AsTraded)
    }

    /// Whether it is a hypothesis: a rule or a model. A choice among them, real exits, hindsight and permuted schedules are
    /// not.
    pub fn is_rival(&self) -> bool {
        self.kind == ContestantKind::Model || self.is_rule()
    }
}

/// The results of a replay that comparisons need, so that the outcomes need not be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeScores {
    /// Name of the contestant.
    pub name: String,
    /// J of each trade, in the order of the entries.
    pub objective: Vec<f64>,
    /// Net R of each trade.
    pub net_r: Vec<f64>,
}

impl TradeScores {
    /// The scores of `outcomes` under the name `name`.
    pub fn new(name: impl Into<String>, outcomes: &[TradeOutcome]) -> Self {
        Self {
            name: name.into(),
            objective: outcomes.iter().map(|outcome| outcome.objective).collect(),
            net_r: outcomes.iter().map(|outcome| outcome.net_r).collect(),
        }
    }
}

impl From<&Contestant> for TradeScores {
    fn from(contestant: &Contestant) -> Self {
        Self::new(contestant.name.clone(), &contestant.outcomes)
    }
}
