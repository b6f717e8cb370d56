//! The costs and lots of a trade, as its decisions see them.

use serde::{Deserialize, Serialize};

use crate::{Fraction, LotGrid};

/// The inputs of a decision that differ from trade to trade: costs in R and lots.
///
/// Selling the part Δ of the initial size at an open costs
/// `proportional_r · Δ + impact_r · Δ^impact_power + per_order_r · [Δ > 0]`, in R. The proportional cost is taken at
/// the entry price and a minimum fee counts as a fee per order; what a sale really costs is
/// [`UnitPath::sale_cost_r`](crate::UnitPath::sale_cost_r).
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
    pub lots: Option<u64>,
    /// Least lots in one order; 0 where there is no minimum.
    pub min_lots: u64,
}

impl TradeTerms {
    /// `part` of the initial size as a number from 0 to 1: whole lots over all lots where there are lots.
    pub fn share(&self, part: Fraction) -> f64 {
        match self.lots {
            Some(lots) => LotGrid::of_units(lots, 0).nearest(part) as f64 / lots.max(1) as f64,
            None => part.as_f64(),
        }
    }

    /// Cost in R of selling the part `sold` (0 to 1) of the initial size.
    pub fn cost_r(&self, sold: f64) -> f64 {
        if sold <= 0.0 {
            return 0.0;
        }
        let impact = if self.impact_r == 0.0 { 0.0 } else { self.impact_r * sold.powf(self.impact_power) };
        self.proportional_r * sold + impact + self.per_order_r
    }
}
