use scaleout_exits::LotReport;
use serde::{Deserialize, Serialize};

/// What whole lots and minimum orders did to a contestant: parts too small to be sold are merged into the next one, and
/// this is what that cost against selling any part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LotCosts {
    /// Name of the contestant.
    pub name: String,
    /// Trades replayed both ways.
    pub trades: usize,
    /// Trades that lots changed: another number of sales, or another result.
    pub trades_changed: usize,
    /// Sales that could not be made on their own, over all trades.
    pub sales_merged: u64,
    /// Mean cost of lots in net R a trade; a gain if negative.
    pub net_r: f64,
    /// Mean cost of lots in J a trade; a gain if negative.
    pub objective: f64,
    /// Largest cost of one trade in net R; 0 or less if no trade lost by them.
    pub worst_net_r: f64,
}

impl LotCosts {
    /// The costs over `reports`, the trades of the contestant `name`.
    pub fn new(name: impl Into<String>, reports: &[LotReport]) -> Self {
        let count = reports.len().max(1) as f64;
        let mean = |cost: fn(&LotReport) -> f64| reports.iter().map(cost).sum::<f64>() / count;
        // A millionth of an R is rounding of money, not a cost.
        let is_changed = |report: &&LotReport| report.merged_sales() != 0 || report.cost_r().abs() > 1e-6;
        Self {
            name: name.into(),
            trades: reports.len(),
            trades_changed: reports.iter().filter(is_changed).count(),
            sales_merged: reports.iter().map(|report| report.merged_sales().max(0) as u64).sum(),
            net_r: mean(LotReport::cost_r),
            objective: mean(LotReport::cost_objective),
            worst_net_r: reports.iter().map(LotReport::cost_r).fold(f64::NEG_INFINITY, f64::max),
        }
    }
}
