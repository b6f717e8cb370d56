//! The learned exit as a ladder for a card.

use serde::{Deserialize, Serialize};

/// The learned exit as a ladder for a card, and what is lost by using it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCardSummary {
    /// Name of the contestant that follows the cards of the folds.
    pub name: String,
    /// The ladder made from the refit, as a config writes it.
    pub policy: serde_json::Value,
    /// The same in sentences.
    pub words: Vec<String>,
    /// Root mean square of its differences to the model in J, trade by trade, in the unit of J; in sample.
    pub distance: f64,
    /// Ladders compared with the model.
    pub tried: usize,
    /// On the trades that the refit learned from.
    pub in_sample: PlanLoss,
    /// The cards of the folds on the trades that they have not seen.
    pub out_of_sample: Option<PlanLoss>,
    /// Whether it may be used in the model's place: it does not lose significantly to it out of sample.
    pub is_substitute: bool,
}

impl PlanCardSummary {
    /// Whether a card with this loss out of sample may be used in the model's place: the 95 % interval of the loss
    /// does not lie above 0.
    pub fn may_stand_in(out_of_sample: Option<&PlanLoss>) -> bool {
        !out_of_sample.and_then(|loss| loss.ci95).is_some_and(|[low, _]| low > 0.0)
    }
}

/// What a card loses against its model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanLoss {
    /// Trades.
    pub trades: usize,
    /// Mean J of the model, in R: its certainty equivalent where J is utility.
    pub model_objective: f64,
    /// Mean J of the card, likewise.
    pub plan_objective: f64,
    /// Model less card, in R a trade.
    pub lost_r: f64,
    /// Two-sided 95 % interval of the loss.
    pub ci95: Option<[f64; 2]>,
}
