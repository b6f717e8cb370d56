//! The plan card: a learned exit as a ladder.

use scaleout_exits::policies::PolicyConfig;
use serde::{Deserialize, Serialize};

/// A learned exit as a ladder that can be written on a card, and what is lost by using it on the training trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanCard {
    /// The ladder.
    pub policy: PolicyConfig,
    /// Its mean J on the training trades, in R.
    pub plan_objective: f64,
    /// That of the model on the same trades: in sample, so it flatters the model.
    pub model_objective: f64,
    /// Root mean square of the differences in J, trade by trade, in the unit of J; older files call it `distance_r`.
    #[serde(alias = "distance_r")]
    pub distance: f64,
    /// Ladders compared with the model.
    pub tried: usize,
}
