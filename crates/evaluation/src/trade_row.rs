use std::collections::BTreeMap;

use scaleout_exits::{ExitReason, Leg, TradeOutcome};
use scaleout_market::Entry;

use crate::{BarPrices, SymbolFacts};

/// The figures of one trade that metrics of trades are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeRow {
    /// J of the trade, in R.
    pub objective: f64,
    /// Gain after all costs, in R.
    pub net_r: f64,
    /// Gain before fees and carry, in R.
    pub gross_r: f64,
    /// What spread, slippage and impact of the exits took, in R.
    pub slippage_r: f64,
    /// Best excursion while held, in R.
    pub mfe_r: f64,
    /// Bars held.
    pub bars_held: f64,
    /// Hours from the entry to the last exit.
    pub hours_held: f64,
    /// Sales.
    pub legs: u32,
    /// Sales with a net gain.
    pub legs_won: u32,
    /// Sales of choice (limit or market), as against stop and horizon.
    pub rungs: u32,
    /// Whether gains taken covered the whole initial risk of the rest while some was still held.
    pub was_free: bool,
    /// Whether the intrabar rule decided a fill.
    pub is_ambiguous: bool,
    /// Best price after the last exit until the horizon, beyond the price of that exit, in R; 0 where there is none,
    /// `None` if it was not measured.
    pub after_exit_r: Option<f64>,
    /// Whether a first sale of choice was won and the rest then left at a loss.
    pub has_reversed: bool,
    /// Whether the rest was stopped near the entry price after a first sale and the price then went 1 R or more the
    /// right way; `None` if it was not measured.
    pub is_regretted: Option<bool>,
}

/// The bars of a trade between its last exit and the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TradeContext<'a> {
    bars: Option<&'a [BarPrices]>,
}

impl<'a> TradeContext<'a> {
    /// The bars after the last exit of `outcome` until `horizon_bars` have passed; none are known without a horizon.
    pub fn of(outcome: &TradeOutcome, symbols: &'a BTreeMap<String, SymbolFacts>, horizon_bars: Option<usize>) -> Self {
        let bars = horizon_bars.and_then(|horizon| {
            let prices = &symbols.get(&outcome.symbol)?.prices;
            let last = outcome.legs.iter().map(|leg| leg.bar).max()?;
            let end = (outcome.first_bar + horizon).min(prices.len());
            prices.get((last + 1).min(end)..end)
        });
        Self { bars }
    }
}

/// A stop this near to the entry price, in R, is one at break-even.
const NEAR_R: f64 = 0.1;

/// What the price must do after a stop at break-even for it to be regretted, in R from the entry.
const REGRET_R: f64 = 1.0;

impl TradeRow {
    /// The figures of `outcome`, the trade of `entry`.
    pub(crate) fn new(outcome: &TradeOutcome, entry: &Entry, beyond: TradeContext<'_>) -> Self {
        let one_r = outcome.one_r.as_f64();
        let shortfall = |leg: &Leg| entry.side.sign() * (leg.reference - leg.price) / entry.risk * leg.qty / entry.qty;
        // Of a position with adds what filled, which is less than the plan where one did not.
        let filled =
            if outcome.adds_missed == 0 { 1.0 } else { outcome.legs.iter().map(|leg| leg.fraction.as_f64()).sum() };
        let (mut taken_r, mut left, mut was_free) = (0.0, filled, false);
        for leg in &outcome.legs {
            taken_r += leg.net().as_f64() / one_r;
            left -= leg.fraction.as_f64();
            was_free |= left > 1e-9 && taken_r >= left;
        }
        let of_choice = |reason| matches!(reason, ExitReason::Limit | ExitReason::Market);
        let sign = entry.side.sign();
        let last = outcome.legs.last();
        // The best price of the bars beyond, from `price` on, in R.
        let best_from = |price: f64| {
            beyond.bars.map(|bars| {
                let best = |bar: &BarPrices| sign * (if sign > 0.0 { bar.high } else { bar.low } - price) / entry.risk;
                bars.iter().map(best).fold(0.0, f64::max)
            })
        };
        let first_won = outcome.legs.first().is_some_and(|leg| of_choice(leg.reason) && leg.net().nanos() > 0);
        let is_rest = 1 < outcome.legs.len();
        let stopped_near = last.is_some_and(|leg| {
            let from_entry = sign * (leg.price - outcome.entry_price) / entry.risk;
            leg.reason == ExitReason::Stop && from_entry.abs() <= NEAR_R
        });
        Self {
            objective: outcome.objective,
            net_r: outcome.net_r,
            gross_r: outcome.gross_r,
            slippage_r: outcome.legs.iter().map(shortfall).sum(),
            mfe_r: outcome.mfe_r,
            bars_held: f64::from(outcome.bars_held),
            hours_held: outcome.exit_ts.seconds_since(outcome.entry_ts) / 3600.0,
            legs: outcome.legs.len() as u32,
            legs_won: outcome.legs.iter().filter(|leg| leg.net().nanos() > 0).count() as u32,
            rungs: outcome.legs.iter().filter(|leg| of_choice(leg.reason)).count() as u32,
            was_free,
            is_ambiguous: outcome.is_ambiguous(),
            after_exit_r: last.and_then(|leg| best_from(leg.price)),
            has_reversed: is_rest && first_won && last.is_some_and(|leg| leg.net().nanos() < 0),
            is_regretted: best_from(outcome.entry_price)
                .map(|best| is_rest && first_won && stopped_near && REGRET_R <= best),
        }
    }
}
