//! The price of a stop at which the remainder loses nothing.

use crate::{Fraction, Money, costs::Execution, prepared::Prepared};

/// Steps of the search; each shrinks the error by the rates of fee and slippage.
const STEPS: usize = 60;

/// The stop's price at which selling `left` of the initial size in bar `bar` brings back what it cost: the price `paid`,
/// its share of the entry's fee, and fee, half-spread, slippage and impact of the stop itself. Rounded up to the tick in
/// gain coordinates.
///
/// A gap through it still loses. So does a stop if an earlier order in the same bar leaves less quantity to share a fee per
/// order. Carry is not counted.
pub(crate) fn break_even(trade: &Prepared<'_>, paid: f64, left: Fraction, bar: usize) -> f64 {
    let costs = &trade.costs;
    let share = trade.terms.share(left);
    let entry_fee = costs.entry_fee(trade.config.entry_liquidity) * share;
    let lost = |price: f64| -> Money {
        let slip = costs.slip(Execution::Stop, price, trade.market.bars(), bar);
        let sale = costs.sale(Execution::Stop, price, slip, share);
        let gross = costs.gain_r(paid, sale.price) * costs.one_r() * share;
        Money::from_f64(sale.fee + entry_fee - gross)
    };
    // Points of price that earn one unit of the currency.
    let points_of_one = |price: f64| 1.0 / (costs.points_r(1.0, price) * costs.one_r() * share);
    let mut price = paid;
    for _ in 0..STEPS {
        let still = lost(price);
        if still.nanos().abs() <= 1 {
            break;
        }
        price += trade.sign * still.as_f64() * points_of_one(price);
    }
    let mut level = trade.ticks.limit(trade.sign * price);
    for _ in 0..STEPS {
        if lost(trade.sign * level) <= Money::ZERO {
            break;
        }
        level = trade.ticks.limit(trade.ticks.beyond(level + 1e-9 * points_of_one(price)));
    }
    trade.sign * level + 0.0
}
