use scaleout_market::Side;
use serde::Serialize;

use crate::{Alternative, FillCause, IntrabarRule, LimitFill, ObjectiveUnit, TrailBy};

/// One trade, bar by bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The entry's id.
    pub id: String,
    /// Its symbol.
    pub symbol: String,
    /// Its direction.
    pub side: Side,
    /// The exit rule.
    pub policy: String,
    /// When it filled, RFC 3339.
    pub entry_ts: String,
    /// Price that it paid.
    pub entry_price: f64,
    /// Price from which levels in R are measured: the entry's own, less than what it paid where it was placed at the
    /// market's price and crossed the spread.
    pub entry_reference: f64,
    /// Its own stop.
    pub entry_stop: Option<f64>,
    /// Index of the bar of its fill.
    pub entry_bar: usize,
    /// Whether it filled after that bar had opened, so that only the rest of the bar counts.
    pub entered_inside: bool,
    /// Points of price of one R.
    pub risk: f64,
    /// One R of the whole position in the currency.
    pub one_r: f64,
    /// Planned quantity.
    pub qty: f64,
    /// What of it filled at the entry, of a position with adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_qty: Option<f64>,
    /// Currency of all amounts.
    pub currency: String,
    /// The rule that says what came first inside a bar.
    pub intrabar: IntrabarRule,
    /// When a limit counts as filled.
    pub limit_fill: LimitFill,
    /// Whole lots, where quantity comes in lots.
    pub lots: Option<LotRecord>,
    /// The bars from the fill to the last sale.
    pub bars: Vec<BarRecord>,
    /// Adds that did not fill, because all was sold before or the stop was met.
    #[serde(skip_serializing_if = "is_none")]
    pub adds_missed: usize,
    /// Fee of the entry.
    pub entry_fee: f64,
    /// What was paid over time.
    pub carry: f64,
    /// Result in the currency.
    pub net: f64,
    /// Result in R.
    pub net_r: f64,
    /// J of the trade.
    pub objective: f64,
    /// What J is counted in.
    pub objective_unit: ObjectiveUnit,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

/// The whole lots of a trade, and what it would have earned without them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotRecord {
    /// Lots in the initial size.
    pub lots: u64,
    /// Quantity of one.
    pub lot_step: f64,
    /// Least lots in one order; 0 where there is no minimum.
    pub least: u64,
    /// Result in R if any part could be sold.
    pub divisible_net_r: f64,
}

/// What a rule read at the close before a bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputRecord {
    /// The feature.
    pub name: String,
    /// Its value; `null` where it was not defined.
    pub value: Option<f64>,
}

/// An order that the price of a bar came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TouchRecord {
    /// Whether it is the stop.
    pub is_stop: bool,
    /// Its price.
    pub price: f64,
    /// What came of it.
    pub how: Met,
}

/// What came of an order that the price came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Met {
    /// It filled, in part or whole.
    Filled,
    /// The bar opened beyond it: it filled at the open.
    OpenedBeyond,
    /// The price did not go beyond it, as `trade-through` asks.
    NotThrough,
    /// What was left had been sold by then.
    NothingLeft,
    /// The price jumped over its limit too: it became a limit order.
    BecameLimit,
    /// A cap held it back.
    HeldBack,
    /// The price was there when the order was not at the market yet.
    NotInTime,
}

/// One bar of a trade.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BarRecord {
    /// Index of the bar.
    pub bar: usize,
    /// When it closed, RFC 3339.
    pub ts: String,
    /// What the position saw of it: open, high, low, close.
    pub ohlc: [f64; 4],
    /// Part of the initial size held before it.
    pub held_before: f64,
    /// What the rule read at the close before it, in its own order.
    pub inputs: Vec<InputRecord>,
    /// The fractions that it weighed then, the largest first; empty for rules that do not decide so.
    pub weighed: Vec<Alternative>,
    /// Why the rule decided as it did at the close before it, where it has something to say.
    pub because: Option<String>,
    /// The orders that worked in it.
    pub orders: OrdersRecord,
    /// Orders that the price came to, the stop first.
    pub touched: Vec<TouchRecord>,
    /// Adds that were to fill in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<AddRecord>,
    /// What filled, in order.
    pub fills: Vec<FillRecord>,
    /// What was met and could not fill, or not all of it.
    pub held_back: Vec<HeldBackRecord>,
    /// Part of the initial size left.
    pub left: f64,
    /// Where the stop stands at the close.
    pub stop_after: Option<f64>,
}

/// A later entry into the position.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AddRecord {
    /// When, RFC 3339.
    pub ts: String,
    /// Price that it paid; what it would have filled at where it did not.
    pub price: f64,
    /// Quantity; `null` where it did not fill, because the stop was met or all was sold.
    pub qty: Option<f64>,
    /// Part of the planned size.
    pub fraction: f64,
    /// Its fee.
    pub fee: f64,
    /// Part of the planned size held after it.
    pub held: f64,
}

/// Orders at work in one bar.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct OrdersRecord {
    /// The stop.
    pub stop: Option<f64>,
    /// Price of its limit, of a stop-limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_limit: Option<f64>,
    /// How far behind the best price the stop stays inside the bar.
    pub trail: Option<TrailBy>,
    /// Price from which it follows; `null` where it follows at once.
    pub trail_from: Option<f64>,
    /// The stops for parts, nearest first.
    pub stops: Vec<PartStopRecord>,
    /// The limits, nearest first.
    pub limits: Vec<LimitRecord>,
    /// Part of the initial size to sell at the open.
    pub market: f64,
}

/// A stop for a part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartStopRecord {
    /// Its price, on the tick grid.
    pub price: f64,
    /// Part of the initial size, in whole lots.
    pub fraction: f64,
}

/// A resting limit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LimitRecord {
    /// Its price, on the tick grid.
    pub price: f64,
    /// Part of the initial size, in whole lots.
    pub fraction: f64,
}

/// One sale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillRecord {
    /// When, RFC 3339.
    pub ts: String,
    /// Why.
    pub cause: FillCause,
    /// The rule that decided that this came first; `null` where the bar left no doubt.
    pub decided_by: Option<String>,
    /// Part of the initial size.
    pub fraction: f64,
    /// Quantity.
    pub qty: f64,
    /// Price before costs.
    pub reference: f64,
    /// Points of price lost to half-spread and slippage.
    pub slippage: f64,
    /// Points of price lost to impact.
    pub impact: f64,
    /// Fill price.
    pub price: f64,
    /// Fee.
    pub fee: f64,
    /// Share of the entry's fee.
    pub entry_fee: f64,
    /// Gain before fees.
    pub gross: f64,
    /// Gain after fees.
    pub net: f64,
    /// Part of the initial size left after it.
    pub left: f64,
}

/// What held an order back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldBackBy {
    /// `max_fraction_per_bar`: the most that may leave in one bar.
    MaxFractionPerBar,
    /// `volume_share`: the share of the bar's volume.
    VolumeShare,
    /// `max_tranches_per_bar`: the most sales in one bar.
    MaxTranchesPerBar,
    /// `min_bars_between_sales`: the spacing of sales.
    MinBarsBetweenSales,
    /// What a cap left was less than a lot or the minimum order.
    Lots,
}

/// An order that was met and did not fill in full.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldBackRecord {
    /// Price at which it was met.
    pub price: f64,
    /// Part of the initial size that it asked for.
    pub asked: f64,
    /// Part that filled.
    pub filled: f64,
    /// What held it back; `null` where the position had no more.
    pub by: Option<HeldBackBy>,
}
