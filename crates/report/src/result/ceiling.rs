//! How much there was to be had on the test trades, estimated.

use serde::{Deserialize, Serialize};

/// An estimate of the J that no exit of the model's kind can be expected to pass on the test trades: one that sells at the
/// opens, in the model's parts, and sees what the model sees.
///
/// It is the dual bound of Brown, Smith & Sun (2010): hindsight that pays for each surprise in a hold value. What is not a
/// surprise is a fit to the training trades, so the bound is an estimate, and it is withheld where the surprises of a plain
/// exit do not cancel out of sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeilingSummary {
    /// Test trades, each counted once.
    pub trades: usize,
    /// Mean J of the bound, in R.
    pub objective: f64,
    /// Its standard error, overlapping trades counted as their average uniqueness.
    pub standard_error: f64,
    /// Mean J of selling at the fill.
    pub sell_at_once: f64,
    /// Mean J of the candidate.
    pub candidate: f64,
    /// (candidate − sell at once) ÷ (bound − sell at once); `None` where the bound is withheld or not above selling at once by
    /// two standard errors, or the candidate follows a rule in some fold.
    pub captured: Option<f64>,
    /// Whether the candidate follows a tuned rule in some fold, whose orders may fill inside a bar: that is another kind.
    pub follows_a_rule: bool,
    /// Mean surprise of a trade that is held to its end, and its standard error, in R.
    pub surprise_held: [f64; 2],
    /// The same of a trade that is held as the candidate held it.
    pub surprise_followed: [f64; 2],
    /// Whether one of the two lies more than 2.24 standard errors from 0, as one in twenty does by chance: then the bound is not shown.
    pub is_withheld: bool,
}
