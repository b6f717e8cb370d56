//! What a plan card is made from.

use scaleout_exits::{Objective, TradeOutcome, policies::Schedule};

/// What a card is made from.
#[derive(Debug, Clone, Copy)]
pub struct PlanTask<'a> {
    /// The model's training trades as it took them off.
    pub model: &'a [TradeOutcome],
    /// Grid of fractions of the model; a card has at most four parts.
    pub tranches: u32,
    /// Bars after which everything left is closed.
    pub horizon_bars: u32,
    /// What J is.
    pub objective: &'a Objective,
    /// The schedule with the highest J on these trades, from which the search starts as well.
    pub seed: Option<&'a Schedule>,
}
