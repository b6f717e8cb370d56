use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Overfitting, Power,
    conditions::{Condition, Shared},
    situation::Situation,
};

/// The conclusion: which exit to use, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The contestant to use.
    pub winner: String,
    /// The verdict: whether the model beats the benchmark, the best rule of any kind chosen in-span, fold by fold.
    pub better_than_rule: bool,
    /// Whether the model beats each of the baselines: every interval lies above 0 and the other conditions hold. All must
    /// hold (an intersection–union test), so no correction for multiple tests is needed.
    pub beats_all: bool,
    /// Whether the model beats the best ladder chosen in-span.
    pub better_than_ladder: bool,
    /// The verdict in words: the advice first, then the figures.
    pub sentence: String,
    /// The advice alone, in one clause.
    pub advice: String,
    /// The model that was judged, if one took part.
    pub candidate: Option<String>,
    /// The benchmark: the rule chosen in-span that it was compared with.
    pub rule: Option<String>,
    /// The ladder chosen in-span, if ladders took part.
    pub best_ladder: Option<String>,
    /// The conditions of `better_than_rule`.
    pub conditions: Vec<Condition>,
    /// The conditions of `better_than_ladder`.
    pub ladder_conditions: Vec<Condition>,
    /// Baselines that the model does not beat significantly.
    pub not_beaten: Vec<String>,
}

/// The inputs of the verdict.
pub(crate) struct Evidence<'a> {
    pub shared: Shared<'a>,
    pub power: &'a Power,
    pub overfitting: &'a Overfitting,
    /// Candidate against the rule chosen in-span.
    pub comparison: &'a Comparison,
    /// Candidate against the ladder chosen in-span, and the deflated Sharpe ratio of their differences.
    pub ladder: Option<(&'a Comparison, Option<f64>)>,
    /// Candidate against every baseline.
    pub baselines: &'a [&'a Comparison],
    pub situation: Situation,
}
