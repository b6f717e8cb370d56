//! How much there was to be had on the test trades, estimated.

use serde::{Deserialize, Serialize};

/// An estimate of the J that no exit can be expected to pass on the test trades.
///
/// It is the dual bound of Brown, Smith & Sun (2010): hindsight that pays for each surprise in a hold value. What is not a
/// surprise is a fit to the training trades, so the bound is an estimate, and it is withheld where the surprises of a plain
/// exit do not cancel out of sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeilingSummary {
    /// Test trades.
    pub trades: usize,
    /// Mean J of the bound, in R.
    pub objective: f64,
    /// Its standard error, overlapping trades counted as their average uniqueness.
    pub standard_error: f64,
    /// Mean J of selling at the fill.
    pub sell_at_once: f64,
    /// Mean J of the candidate.
    pub candidate: f64,
    /// (candidate − sell at once) ÷ (bound − sell at once); `None` where the bound is withheld or not above selling at once.
    pub captured: Option<f64>,
    /// Mean surprise of a trade that is held to its end, and its standard error, in R.
    pub surprise_held: [f64; 2],
    /// The same of a trade that goes by the hold values.
    pub surprise_followed: [f64; 2],
    /// Whether a mean surprise lies more than two standard errors from 0: then the bound is not shown.
    pub is_withheld: bool,
}
