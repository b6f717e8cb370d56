use serde::{Deserialize, Serialize};

use crate::{
    Comparison, Overfitting, Power,
    conditions::{Condition, Shared},
    situation::Situation,
};

/// What a trader should use, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The contestant to use.
    pub winner: String,
    /// The verdict: whether the model is shown to beat the best rule of any kind chosen in-span, fold by fold.
    pub better_than_rule: bool,
    /// Whether it is shown to beat each of the baselines: every interval lies above 0 and the other conditions hold.
    /// As all must (an intersection–union test), none is corrected for the others.
    pub beats_all: bool,
    /// Whether it is shown to beat the best ladder chosen in-span.
    pub better_than_ladder: bool,
    /// The verdict in words: the advice first, then the figures.
    pub sentence: String,
    /// The advice alone, in one clause.
    pub advice: String,
    /// The model that was judged, if one took part.
    pub candidate: Option<String>,
    /// The rule chosen in-span that it was held against.
    pub rule: Option<String>,
    /// The ladder chosen in-span, if ladders took part.
    pub best_ladder: Option<String>,
    /// What `better_than_rule` hangs on.
    pub conditions: Vec<Condition>,
    /// What `better_than_ladder` hangs on.
    pub ladder_conditions: Vec<Condition>,
    /// Baselines that the model is not shown to beat.
    pub not_beaten: Vec<String>,
}

/// Everything the verdict is made from.
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
