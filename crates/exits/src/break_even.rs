//! The price of a stop at which the remainder loses nothing.

use crate::{Fraction, Money, costs::FillKind, prepared::PreparedReplay};

/// Steps of a search; each shrinks the error by the rates of fee and slippage.
const STEPS: usize = 60;
/// Half of the least amount of money: a smaller loss is none.
const HALF_NANO: f64 = 0.5e-9;

/// What has been bought of a trade so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bought {
    /// Its average price, spread and slippage in it.
    pub paid: f64,
    /// The fees of its entries.
    pub fee: f64,
    /// Its share of the planned size; 1 without adds.
    pub share: f64,
}

/// The stop's price at which selling `left` of the initial size in bar `bar` brings back what it cost: the average price
/// `bought` of what has filled, its share of the fees of the entries, and fee, half-spread, slippage and impact of the
/// stop itself. The nearest tick at which it does. `None` where no price does: a long inverse contract cannot earn more
/// than the coins it is worth, and a short one has no price below the first tick.
///
/// A gap through it still loses. So does a stop if an earlier order in the same bar leaves less quantity to share a fee per
/// order. Carry is not counted.
pub(crate) fn break_even(trade: &PreparedReplay<'_>, bought: Bought, left: Fraction, bar: usize) -> Option<f64> {
    let (costs, ticks, sign) = (&trade.costs, trade.ticks, trade.sign);
    let share = trade.terms.share(left);
    if share == 0.0 {
        return None;
    }
    let Bought { paid, fee, share: filled } = bought;
    let entry_fee = fee * share / filled;
    let lost = |price: f64| -> f64 {
        let slip = costs.slip(FillKind::Stop, price, trade.market.bars(), bar);
        let sale = costs.sale(FillKind::Stop, price, slip, share);
        sale.fee + entry_fee - costs.gain(paid, sale.price) * share
    };
    // What the sums of binary numbers add to a fee that is as large as the gain.
    let noise = 8.0 * f64::EPSILON * entry_fee.abs();
    let brings_it_back = |level: f64| match costs.is_worth_at(sign * level) {
        true => Money::from_f64(lost(sign * level) - noise) <= Money::ZERO,
        // The search for a short inverse contract ends there.
        false => sign < 0.0,
    };
    // A tick is good from the least loss that is none, a price between ticks from no loss.
    let (allowed, near) = if ticks.is_continuous() { (0.0, 0.0) } else { (HALF_NANO, 1e-3 * ticks.size()) };
    let mut price = paid;
    for _ in 0..STEPS {
        // What one unit is worth moves in proportion to the gain, whatever the contract.
        let next = costs.price_beyond(price, (lost(price) - allowed) / share)?;
        let moved = (next - price).abs();
        price = next;
        if moved <= near.max(f64::EPSILON * price.abs()) {
            break;
        }
    }
    let mut level = ticks.limit(sign * price);
    for _ in 0..STEPS {
        if brings_it_back(level) {
            break;
        }
        level = ticks.limit(ticks.beyond(level + 2.0 * f64::EPSILON * level.abs()));
    }
    for _ in 0..STEPS {
        let Some(below) = ticks.before(level).filter(|below| brings_it_back(*below)) else { break };
        level = below;
    }
    costs.is_worth_at(sign * level).then_some(sign * level + 0.0)
}
