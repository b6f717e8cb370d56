//! Models as rules to read.

use serde::{Deserialize, Serialize};

/// A model as a rule to read, a line for each case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadableRule {
    /// Name of the model.
    pub model: String,
    /// The cases and what to hold in each.
    pub lines: Vec<String>,
    /// What following the rule loses where it only imitates the model; `None` where it is the model.
    pub imitation: Option<Imitation>,
}

/// How near a rule comes to the model that it imitates, on the trades that both were made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imitation {
    /// Trades.
    pub trades: usize,
    /// Mean J of the model, in R.
    pub model_objective: f64,
    /// Mean J of the rule, in R.
    pub rule_objective: f64,
}
