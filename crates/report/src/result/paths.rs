//! The same trades on every path of combinatorial splits.

use serde::{Deserialize, Serialize};

/// One whole history that combinatorial splits piece together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathSummary {
    /// Its number, from 1.
    pub path: usize,
    /// Mean J of the candidate, in R: its certainty equivalent where J is utility.
    pub model_objective: f64,
    /// The rule chosen in-span, fold by fold.
    pub rule: String,
    /// Its mean J, in R.
    pub rule_objective: f64,
    /// The ladder chosen in-span, if ladders took part.
    pub best_ladder: Option<String>,
    /// Its mean J, in R.
    pub ladder_objective: Option<f64>,
    /// Candidate less rule, in R a trade.
    pub difference_r: f64,
}
