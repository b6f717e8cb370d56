use serde::{Deserialize, Serialize};

/// What differs from trade to trade and is an input of the decision: costs in R and lots.
///
/// Selling the part Δ of the initial size at an open costs
/// `proportional_r · Δ + impact_r · Δ^impact_power + per_order_r · [Δ > 0]`, in R.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TradeTerms {
    /// Cost of selling the whole position, rate and per-unit fees, half-spread and slippage, in R.
    pub proportional_r: f64,
    /// Fee for each order, in R.
    pub per_order_r: f64,
    /// Temporary impact of selling everything at once, in R.
    pub impact_r: f64,
    /// Power of the impact in the part sold, 1 to 2.
    pub impact_power: f64,
    /// Lots in the initial size; `None` where any part can be sold.
    pub lots: Option<u32>,
    /// Least lots in one order; 0 where there is no minimum.
    pub min_lots: u32,
}

impl TradeTerms {
    /// Cost in R of selling the part `sold` (0 to 1) of the initial size.
    pub fn cost_r(&self, sold: f64) -> f64 {
        if sold <= 0.0 {
            return 0.0;
        }
        self.proportional_r * sold + self.impact_r * sold.powf(self.impact_power) + self.per_order_r
    }
}

/// What one whole unit of a trade earned bar by bar, whatever any policy did: the stuff hold values are made of.
///
/// Step `j` runs from the open of bar `first_bar + j` to the next open, or to the protective stop's fill.
/// The decision before step `j` is made at the close of bar `first_bar + j − 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitPath {
    /// Index of the bar in which the entry filled.
    pub first_bar: usize,
    /// Gross gain of one whole unit in each step, in R; at most horizon steps, fewer if stopped.
    pub r: Vec<f64>,
    /// Variance charged for each step, in R²: `r²`, or the objective's named column.
    pub variance: Vec<f64>,
    /// Whether the last step ended at the protective stop (which then pays the stop's costs, not the terms').
    pub stopped: bool,
    /// Cost in R of one whole unit sold at the protective stop (fees and slippage beyond the stop's price).
    pub stop_cost: f64,
    /// Costs and lots of the trade.
    pub terms: TradeTerms,
}
