use scaleout_market::Entry;

use crate::{
    ExitError, Fraction, Market, Objective, ReplayConfig, TradeTerms,
    account::ObjectiveAccount,
    bar_walk::{WalkScratch, walk_step},
    capacity::Capacity,
    costs::{FillKind, TradeCosts},
    last_stop::LastStop,
    prepared::PreparedReplay,
    sizing::Working,
    walk::{OrderPlace, Walk},
};

/// The gain of one whole unit of a trade, bar by bar and independent of any policy. Hold values are learned from it.
///
/// Step `j` runs from the open of bar `first_bar + j` to the next open, or to the protective stop's fill.
/// The decision before step `j` is made at the close of bar `first_bar + j − 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitPath {
    /// Index of the bar in which the entry filled.
    pub first_bar: usize,
    /// Steps after which the remainder is sold, if it is not stopped before: the horizon, or fewer if the day ends first.
    /// `None` for a path made by a formula; it has the horizon of the other paths.
    pub horizon: Option<u32>,
    /// Gain of one whole unit in each step, in R, after carry and before the cost of a sale. At most horizon steps, fewer if
    /// stopped.
    pub r: Vec<f64>,
    /// Variance charged for each step, in R²: `r²`, or the objective's named column.
    pub variance: Vec<f64>,
    /// Whether the last step ended at the protective stop (which then pays the stop's costs, not the terms').
    pub stopped: bool,
    /// Cost in R of one whole unit sold at the protective stop (fees and slippage beyond the stop's price); 0 if it
    /// was not reached. Of a part: [`Self::stop_cost_r`].
    pub stop_cost: f64,
    /// Costs and lots of the trade.
    pub terms: TradeTerms,
    costs: SaleCosts,
}

/// Cost of a sale at each step.
#[derive(Debug, Clone, PartialEq)]
enum SaleCosts {
    /// From the terms, at the stop too.
    Terms,
    /// The simulator's own costs.
    Priced {
        costs: Box<TradeCosts>,
        quotes: Vec<SaleQuote>,
        stop: Option<SaleQuote>,
        named_variance: bool,
        /// Largest sale that the volume of each step allows; empty where it does not matter.
        volume_caps: Vec<Fraction>,
    },
}

/// The reference price of a sale and the points lost to half-spread and slippage.
#[derive(Debug, Clone, Copy, PartialEq)]
struct SaleQuote {
    execution: FillKind,
    reference: f64,
    slip: f64,
}

impl SaleQuote {
    /// Cost in R of the part `sold` (0 to 1) of the initial size.
    fn cost_r(&self, costs: &TradeCosts, sold: f64) -> f64 {
        costs.sale(self.execution, self.reference, self.slip, sold).cost_r
    }
}

impl UnitPath {
    /// A path of given steps, with the costs of `terms`: for markets made by a formula.
    ///
    /// `stopped` tells whether the last step ended at a protective stop, which then costs what the terms say too.
    pub fn from_steps(first_bar: usize, r: Vec<f64>, variance: Vec<f64>, stopped: bool, terms: TradeTerms) -> Self {
        let stop_cost = if stopped { terms.cost_r(1.0) } else { 0.0 };
        Self { first_bar, horizon: None, r, variance, stopped, stop_cost, terms, costs: SaleCosts::Terms }
    }

    /// Steps of the path: the horizon, or up to the stop.
    pub fn steps(&self) -> usize {
        self.r.len()
    }

    /// Cost in R of selling the part `sold` (0 to 1) of the initial size at the decision before step `step`; at
    /// `step == self.steps()` it is the sale at the horizon.
    pub fn sale_cost_r(&self, step: usize, sold: f64) -> f64 {
        match &self.costs {
            _ if sold <= 0.0 => 0.0,
            SaleCosts::Terms => self.terms.cost_r(sold),
            SaleCosts::Priced { costs, quotes, .. } => quotes[step].cost_r(costs, sold),
        }
    }

    /// Cost in R of the part `held` (0 to 1) sold at the protective stop, beyond the stop's own price.
    pub fn stop_cost_r(&self, held: f64) -> f64 {
        match &self.costs {
            _ if held <= 0.0 => 0.0,
            SaleCosts::Terms => self.terms.cost_r(held),
            SaleCosts::Priced { stop: None, .. } => 0.0,
            SaleCosts::Priced { costs, stop: Some(stop), .. } => stop.cost_r(costs, held),
        }
    }

    /// J of the trade if `sold[j]` of the initial size is sold at the decision before step `j`. It equals the replay of the
    /// same market parts to the last bit.
    ///
    /// The stop or the horizon sells what the schedule does not. Parts beyond the remainder are cut.
    pub fn objective_of(&self, sold: &[Fraction], objective: &Objective) -> f64 {
        let mut account = ObjectiveAccount::new(objective);
        let mut held = Fraction::ONE;
        for step in 0..self.steps() {
            let part = sold.get(step).copied().unwrap_or(Fraction::ZERO).min(held);
            if !part.is_zero() {
                account.pay(self.sale_cost_r(step, self.terms.share(part)));
                held = held.saturating_sub(part);
            }
            if held.is_zero() {
                return account.value();
            }
            let share = self.terms.share(held);
            let variance = self.names_variance().then(|| self.variance[step]);
            if self.stopped && step + 1 == self.steps() {
                account.pay(self.stop_cost_r(share));
            }
            account.step(share * self.r[step], share, variance);
        }
        if !self.stopped {
            account.pay(self.sale_cost_r(self.steps(), self.terms.share(held)));
        }
        account.value()
    }

    /// Whether the penalty of a step is by [`Self::variance`]; otherwise the objective squares the gain.
    pub(crate) fn names_variance(&self) -> bool {
        match self.costs {
            SaleCosts::Terms => true,
            SaleCosts::Priced { named_variance, .. } => named_variance,
        }
    }

    /// The largest fraction of the initial size that the volume of `step` allows to sell.
    pub(crate) fn volume_cap(&self, step: usize) -> Fraction {
        match &self.costs {
            SaleCosts::Terms => Fraction::ONE,
            SaleCosts::Priced { volume_caps, .. } => volume_caps.get(step).copied().unwrap_or(Fraction::ONE),
        }
    }
}

/// The gain of one whole unit of `entry`, which fills in bar `first_bar`, step by step until the entry's stop or the
/// horizon, under the fills and costs of [`replay`](crate::replay).
///
/// Of an entry with adds it is the path of the whole plan from the first fill, which no such position holds: models and
/// hindsight must refuse it.
///
/// # Errors
/// As [`replay`](crate::replay).
pub fn unit_path(
    entry: &Entry,
    first_bar: usize,
    market: Market<'_>,
    objective: &Objective,
    config: &ReplayConfig,
) -> Result<UnitPath, ExitError> {
    let trade = PreparedReplay::new(entry, first_bar, market, objective, config)?;
    let horizon = trade.horizon();
    let bars = market.bars();
    let (ticks, nothing) = (trade.ticks, Working::default());
    let quote = |execution, reference, step: usize| SaleQuote {
        execution,
        reference,
        slip: trade.costs.slip(execution, reference, bars, trade.bar_of(step)),
    };
    let whole = Capacity::UNBOUNDED;
    let (mut r, mut variance, mut quotes) = (Vec::with_capacity(horizon), Vec::with_capacity(horizon), Vec::new());
    let (mut stop_quote, mut volume_caps) = (None, Vec::new());
    let mut scratch = WalkScratch::default();
    for step in 0..horizon {
        let (mark, carry_r) = (trade.mark(step), trade.carry_r(step));
        quotes.push(quote(FillKind::Market, mark, step));
        let level = entry.stop.map(|stop| ticks.stop(trade.sign * stop));
        let stop = LastStop { level, takeover: trade.takeover, ..LastStop::default() };
        let mut walk = Walk::new(Fraction::ONE, stop, &nothing, whole, ticks, config.limit_fill);
        let seen = trade.seen_bar(step);
        if config.volume_share.is_some() {
            volume_caps.push(trade.volume_cap(seen.volume));
        }
        walk_step(&trade, step, &seen, &mut walk, &mut scratch);
        let stop = scratch.touches.first();
        let stopped_at = stop.map(|touch| trade.sign * touch.level);
        // What a gap sold at the open was not carried through the bar.
        let carried_r = if stop.is_some_and(|touch| touch.gap) { 0.0 } else { carry_r };
        let gain_r = trade.unit_gain_r(mark, stopped_at.unwrap_or_else(|| trade.mark(step + 1)), carried_r);
        r.push(gain_r);
        variance.push(trade.variance(step)?.unwrap_or(gain_r * gain_r));
        if let (Some(reference), Some(touch)) = (stopped_at, stop) {
            let is_taken_over = touch.order == OrderPlace::Takeover;
            let execution = if is_taken_over { FillKind::Takeover } else { FillKind::Stop };
            stop_quote = Some(quote(execution, reference, step));
            break;
        }
    }
    if stop_quote.is_none() {
        quotes.push(quote(FillKind::Market, trade.mark(horizon), horizon));
    }
    let stop_cost = stop_quote.map_or(0.0, |stop: SaleQuote| stop.cost_r(&trade.costs, 1.0));
    let named_variance = objective.variance_column.is_some();
    Ok(UnitPath {
        first_bar,
        horizon: Some(horizon as u32),
        r,
        variance,
        stopped: stop_quote.is_some(),
        stop_cost,
        terms: trade.terms,
        costs: SaleCosts::Priced {
            costs: Box::new(trade.costs),
            quotes,
            stop: stop_quote,
            named_variance,
            volume_caps,
        },
    })
}

/// Costs and lots of `entry`, which fills in bar `first_bar`, as every decision about it sees them.
///
/// # Errors
/// If the quantity is no whole number of lots, or impact needs volume that is not there.
pub fn trade_terms(
    entry: &Entry,
    first_bar: usize,
    market: Market<'_>,
    config: &ReplayConfig,
) -> Result<TradeTerms, ExitError> {
    crate::terms::terms_at_fill(entry, &market.bars()[..first_bar], market.instrument, config)
}
