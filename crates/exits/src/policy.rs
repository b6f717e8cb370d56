use scaleout_features::FeatureSpec;
use scaleout_market::{Bar, DailyTime, Decimal, Entry, PathSinceEntry};
use serde::Serialize;

use crate::{
    ExitOrders, Fraction, InputHistory, PastSale, TradeTerms, TrailBy,
    break_even::{Bought, break_even},
    prepared::PreparedReplay,
    walk::OrderPlace,
};

/// Everything that a policy may use: what was known at the close of bar `t`.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The trade.
    pub entry: &'a Entry,
    /// Index of the bar that just closed. At the first decision it is the bar before the fill.
    pub t: usize,
    /// The bar that just closed: all of it, also where the entry filled inside it.
    pub bar: &'a Bar,
    /// The market since the fill.
    pub path: PathSinceEntry,
    /// Best price since the fill: the highest for a long; the entry's price at the fill.
    pub best_price: f64,
    /// Worst price since the fill: the lowest for a long; the entry's price at the fill.
    pub worst_price: f64,
    /// Bars until the remainder is sold; at least 1.
    pub bars_to_horizon: u32,
    /// Fraction of the initial size still held, minus what market orders in flight will sell; above 0.
    pub remaining: Fraction,
    /// Fraction of the planned size that has filled so far: 1 without adds. Adds to come are not shown.
    pub filled: Fraction,
    /// Fraction of the initial size that market orders in flight will sell; 0 without latency.
    pub in_flight: Fraction,
    /// The tightest of the stop that worked in the bar that just closed and those in flight; at the first decision the
    /// entry's stop.
    pub stop: Option<f64>,
    /// The limit that a stop-limit has become, because the market jumped over it: the stop itself works no longer.
    pub stop_triggered: Option<f64>,
    /// Sales so far, including those in flight.
    pub sales: u32,
    /// Bars from the last sale to the bar that the decision is for; at least 1, and `None` before the first sale. A sale is
    /// allowed once it reaches `min_bars_between_sales`.
    pub bars_since_sale: Option<u32>,
    /// Costs and lots of this trade.
    pub terms: &'a TradeTerms,
    /// The instrument's price step; 0 where prices are continuous.
    pub tick_size: f64,
    /// The values of [`ExitPolicy::inputs`] at the close of bar `t`, in their order.
    pub inputs: &'a [Option<f64>],
    /// The same at the close before the fill, for levels that are fixed at the entry.
    pub inputs_at_entry: &'a [Option<f64>],
    /// The same at the bars before.
    pub history: InputHistory<'a>,
    /// What limits and stops of parts sold so far.
    pub(crate) sold: &'a [(OrderPlace, Fraction)],
    pub(crate) trade: &'a PreparedReplay<'a>,
    /// What has been bought so far.
    pub(crate) bought: Bought,
}

impl Decision<'_> {
    /// The price of the last close; the entry's price at the fill.
    pub fn price(&self) -> f64 {
        if self.path.bars_held == 0 { self.entry.price } else { self.bar.close }
    }

    /// The price at which the gain is `r` R, as [`Entry::price_at_r`].
    pub fn price_at_r(&self, r: f64) -> f64 {
        self.trade.price_at_r(r)
    }

    /// The price `points` beyond the entry's in the direction of gain, as [`Entry::price_beyond`].
    pub fn price_beyond(&self, points: Decimal) -> f64 {
        self.trade.price_beyond(points)
    }

    /// The entry's price.
    pub fn entry_price(&self) -> Decimal {
        self.trade.price()
    }

    /// 1 R in points of price.
    pub fn risk(&self) -> Decimal {
        self.trade.risk()
    }

    /// The price at which the whole position is worth `amount` of the currency less than at `from`, before costs; `None` where
    /// no price is that bad.
    pub fn price_at_loss(&self, from: f64, amount: f64) -> Option<f64> {
        self.trade.costs.price_beyond(from, -amount)
    }

    /// The last close before the day began, which begins at `begins`; the entry's price on the day of the fill.
    pub fn price_at_start_of_day(&self, begins: &DailyTime) -> f64 {
        if self.path.bars_held == 0 {
            return self.entry.price;
        }
        let start = begins.last_until(self.bar.ts);
        let held = &self.trade.market.bars()[self.trade.first_bar..=self.t];
        let before = held.partition_point(|bar| bar.ts <= start);
        before.checked_sub(1).map_or(self.entry.price, |last| held[last].close)
    }

    /// Whether the gain of one unit ever reached `gain_r`: compared as prices, so exactly.
    pub fn has_gained(&self, gain_r: f64) -> bool {
        let sign = self.entry.side.sign();
        sign * self.price_at_r(gain_r) <= sign * self.best_price
    }

    /// Whether the last close lies `loss_r` or more below the entry: compared as prices, so exactly.
    pub fn has_lost(&self, loss_r: f64) -> bool {
        let sign = self.entry.side.sign();
        sign * self.price() <= sign * self.price_at_r(-loss_r)
    }

    /// Part of the planned size that has been sold, or will be by market orders in flight.
    pub fn gone(&self) -> Fraction {
        self.filled.saturating_sub(self.remaining)
    }

    /// Part that limits at place `place` of the orders have sold so far.
    pub fn limit_sold(&self, place: usize) -> Fraction {
        self.sold_by(OrderPlace::Limit(place))
    }

    /// Part that stops of parts at place `place` of the orders have sold so far.
    pub fn stop_sold(&self, place: usize) -> Fraction {
        self.sold_by(OrderPlace::PartStop(place))
    }

    fn sold_by(&self, order: OrderPlace) -> Fraction {
        self.sold.iter().filter(|(sold_by, _)| *sold_by == order).map(|(_, part)| *part).sum()
    }

    /// Whether the cost of a sale changes from bar to bar.
    pub(crate) fn costs_vary(&self) -> bool {
        self.trade.costs.vary()
    }

    /// The price of a stop at which the remainder loses nothing after all costs: see
    /// [`Offset::Costs`](crate::policies::Offset::Costs). `None` where no price does: a long inverse contract cannot earn
    /// more than the coins it is worth.
    pub fn break_even_price(&self) -> Option<f64> {
        break_even(self.trade, self.bought, self.remaining, self.t + 1)
    }
}

/// A fraction that a rule weighed at a decision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Alternative {
    /// Part of the initial size held through the next bar.
    pub fraction: f64,
    /// Its hold value, in R.
    pub hold_value_r: f64,
    /// Cost of getting there, in R.
    pub cost_r: f64,
    /// Whether the rule chose it.
    pub is_chosen: bool,
}

impl Alternative {
    /// Hold value minus cost, in R. The highest is chosen; if two tie, the larger fraction.
    pub fn worth_r(&self) -> f64 {
        self.hold_value_r - self.cost_r
    }
}

/// How long orders stand without another decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stands {
    /// Bars for which they are the same if nothing is sold, 1 or more.
    pub bars: u32,
    /// What a new best price does to them.
    pub on_best: OnBest,
}

impl Stands {
    /// Until a part is sold, or a new best price asks for others.
    pub const fn until_sold(on_best: OnBest) -> Self {
        Self { bars: u32::MAX, on_best }
    }

    /// For `bars` bars at most; not at all for none.
    pub const fn for_bars(bars: u32, on_best: OnBest) -> Option<Self> {
        if bars == 0 { None } else { Some(Self { bars, on_best }) }
    }
}

/// What a new best price does to orders that stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OnBest {
    /// Nothing.
    Stand,
    /// They are asked for again at the close.
    Ask,
    /// The stop moves at the close to so far behind it, if that is tighter.
    Trail(TrailBy),
}

/// A rule that takes positions off. Pure: the same decision gives the same orders.
pub trait ExitPolicy: Send + Sync {
    /// Name for tables and reports, with the parameters that matter.
    fn name(&self) -> String;

    /// The market features it reads, in the order in which [`Decision::inputs`] brings them.
    fn inputs(&self) -> Vec<FeatureSpec> {
        Vec::new()
    }

    /// Bars before a decision whose inputs it reads through [`Decision::history`]; 0 if it reads those of the decision
    /// alone.
    fn bars_back(&self) -> usize {
        0
    }

    /// The orders that work during the next bar.
    fn decide(&self, decision: &Decision<'_>) -> ExitOrders;

    /// How long the orders of [`ExitPolicy::decide`] stay the same if nothing is sold; they have no market part. `None` if
    /// every close may change them. It saves calls and does not change results: an observed replay calls `decide` at every
    /// close and must give the same.
    fn stands(&self, _decision: &Decision<'_>) -> Option<Stands> {
        None
    }

    /// The sales that were really made: facts, booked as they were, and `decide` is not asked. `None` for every rule.
    fn past_sales(&self) -> Option<&[PastSale]> {
        None
    }

    /// The reason for the orders of [`ExitPolicy::decide`], in words with levels and prices; `None` if the orders are
    /// self-explanatory. Only explanations use it.
    fn because(&self, _decision: &Decision<'_>) -> Option<String> {
        None
    }

    /// The fractions that [`ExitPolicy::decide`] compared for a sale at the next open, the largest first; empty for rules that
    /// decide in another way. Only explanations use it.
    fn weighed(&self, _decision: &Decision<'_>) -> Vec<Alternative> {
        Vec::new()
    }
}
