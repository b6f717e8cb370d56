//! What the candidate would have been held to before any test trade: plain rules, out of fold, inside each training span.

use serde::{Deserialize, Serialize};

/// One training span: what was followed after it, and what plain rules and the model had earned inside it. Every J is a mean
/// over training trades, each under choices and fits that did not see its block of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorSummary {
    /// Number of the fold, from 1; `None` for the refit on all trades.
    pub fold: Option<usize>,
    /// Trades in the span.
    pub trades: usize,
    /// The learner that was chosen.
    pub learner: String,
    /// The tuned baseline that the candidate follows instead of the model; `None` where it follows the model.
    pub follows: Option<String>,
    /// The plain rule that the model may depart from.
    pub rule: String,
    /// κ, the standard errors that an advantage over the rule must exceed; `None` where the rule decides alone.
    pub caution: Option<f64>,
    /// J of selling at once.
    pub sell_at_once: f64,
    /// J of the plain rule.
    pub rule_out_of_fold: f64,
    /// J of the best tuned baseline; `None` without baselines.
    pub tuned_rule_out_of_fold: Option<f64>,
    /// J of the model.
    pub model_out_of_fold: f64,
}
