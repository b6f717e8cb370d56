//! The exits that were really made of an entry, as an exit rule: what a trader did stands beside what rules would have
//! done.
//!
//! A fill is booked as it was: at its price, in the bar that holds its time, without spread, slippage or impact, which
//! are in its price. It pays the taker's fee, also where a resting order filled, which errs against the trader. What was
//! held beyond the horizon is sold at the horizon, like everyone's.

use scaleout_market::{Entry, MadeExit};

use crate::{
    Decision, EntryRange, ExitError, ExitOrders, ExitPolicy, Fraction, LotGrid, Market, PastSale, ReplayConfig,
    TradeOutcome,
    adds::{Parts, PlacedAdd},
    observer::Observer,
    plan_lots,
    prepared::PreparedReplay,
    running_trade::RunningTrade,
};

/// The sales that were really made of one entry, in order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct AsTraded {
    sales: Vec<PastSale>,
}

impl AsTraded {
    /// The sales `made` of `entry`, which filled in bar `first_bar`, in order of time. A sale beyond the last bar counts as
    /// one in the bar after it: the horizon comes before.
    ///
    /// A time equal to the close of a bar and the open of the next belongs to the one that shows the price, to the later
    /// if both do.
    ///
    /// # Errors
    /// If a sale comes before the entry or at a price that its bar did not show, or if more is sold than there was.
    pub fn new(
        entry: &Entry,
        first_bar: usize,
        market: Market<'_>,
        made: &[MadeExit],
        config: &ReplayConfig,
    ) -> Result<Self, ExitError> {
        let bars = market.bars();
        let bad = |index: usize, reason: String| ExitError::MadeExit { id: entry.id.clone(), exit: index + 1, reason };
        let shares: Vec<f64> = made.iter().map(|exit| exit.qty / entry.qty).collect();
        let fractions = Fraction::cumulative(&shares).ok_or_else(|| {
            let sold: f64 = made.iter().map(|exit| exit.qty).sum();
            bad(made.len().saturating_sub(1), format!("{sold} sold in all; accepted: at most {}", entry.qty))
        })?;
        let parts = Parts::of(entry, first_bar, market, config, LotGrid::of(entry, market.instrument)?)?;
        let mut sales = Vec::with_capacity(made.len());
        for (index, (exit, fraction)) in made.iter().zip(fractions).enumerate() {
            if exit.ts < entry.ts {
                return Err(bad(
                    index,
                    format!("filled at {}; accepted: at or after the entry at {}", exit.ts, entry.ts),
                ));
            }
            let later = bars.partition_point(|bar| bar.ts <= exit.ts).max(first_bar);
            let (ts, price) = (exit.ts, exit.price);
            if bars.len() <= later {
                sales.push(PastSale { step: bars.len() - first_bar, ts, price, fraction });
                continue;
            }
            let range = |bar: usize| EntryRange::of(entry, bar, market, config);
            // The bar before holds the time if it closes then, or if no bar does because the market pauses.
            let before = later.checked_sub(1).filter(|&before| first_bar <= before && exit.ts <= bars[later].open_ts);
            let bar = [Some(later), before].into_iter().flatten().find(|&bar| range(bar).holds(exit.price));
            let Some(bar) = bar else {
                let (EntryRange { low, high }, closes) = (range(later), bars[later].ts);
                let (id, exit) = (entry.id.clone(), index + 1);
                return Err(ExitError::ExitOutsideBar { id, exit, price, closes, low, high });
            };
            sales.push(PastSale { step: bar - first_bar, ts, price, fraction });
        }
        // The bar before may hold a later sale of one time.
        sales.sort_by_key(|sale| sale.step);
        let until = sales.partition_point(|sale| sale.step < config.horizon_bars as usize);
        check_order(entry, &sales[..until], &parts).map_err(|(index, reason)| bad(index, reason))?;
        Ok(Self { sales })
    }

    /// The sales, in order.
    pub fn sales(&self) -> &[PastSale] {
        &self.sales
    }
}

/// Refuses `sales` before the horizon of more than had filled, and an add to what had been closed, also after the last sale. An add comes
/// before a sale of its time.
fn check_order(entry: &Entry, sales: &[PastSale], parts: &Parts) -> Result<(), (usize, String)> {
    if entry.adds.is_empty() {
        return Ok(());
    }
    let qty = |part: Fraction| entry.qty * part.as_f64();
    // What rounding parts of parts loses.
    let rounding = (sales.len() + parts.adds.len()) as u32;
    let (mut filled, mut sold, mut adds) = (parts.first, Fraction::ZERO, parts.adds.iter().peekable());
    let closed_before = |add: &PlacedAdd| {
        format!("it closed the position before the add at {}; accepted: adds to what is held", add.ts)
    };
    for (index, sale) in sales.iter().enumerate() {
        while let Some(add) = adds.next_if(|add| (add.step, add.ts) <= (sale.step, sale.ts)) {
            if filled.units() <= sold.units() + rounding {
                return Err((index.saturating_sub(1), closed_before(add)));
            }
            filled = [filled, add.fraction].into_iter().sum();
        }
        sold = [sold, sale.fraction].into_iter().sum();
        if filled.units() + rounding < sold.units() {
            let reason = format!("{} sold by then; accepted: at most {}, which had filled", qty(sold), qty(filled));
            return Err((index, reason));
        }
    }
    match adds.next().filter(|_| filled.units() <= sold.units() + rounding) {
        Some(add) => Err((sales.len().saturating_sub(1), closed_before(add))),
        None => Ok(()),
    }
}

impl ExitPolicy for AsTraded {
    fn name(&self) -> String {
        "as traded".to_owned()
    }

    /// Nothing: the sales are facts.
    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        ExitOrders { stop: decision.stop, ..ExitOrders::default() }
    }

    fn past_sales(&self) -> Option<&[PastSale]> {
        Some(&self.sales)
    }
}

/// The replay of a prepared trade whose sales are facts, in whole lots where there are lots.
pub(crate) fn run_past<O: Observer>(
    trade: &PreparedReplay<'_>,
    sales: &[PastSale],
    observer: &mut O,
) -> Result<TradeOutcome, ExitError> {
    let fractions: Vec<Fraction> = sales.iter().map(|sale| sale.fraction).collect();
    let parts = plan_lots(&fractions, trade.grid).parts;
    let sales: Vec<PastSale> = (sales.iter().zip(parts))
        .map(|(sale, fraction)| PastSale { fraction, ..*sale })
        .filter(|sale| !sale.fraction.is_zero())
        .collect();
    let mut running = RunningTrade::start(trade);
    for step in 0..trade.horizon() {
        let from = sales.partition_point(|sale| sale.step < step);
        let until = sales.partition_point(|sale| sale.step <= step);
        running.past_step(step, &sales[from..until], observer)?;
        if running.is_closed() {
            return Ok(running.outcome());
        }
    }
    running.sell_at_horizon(observer);
    Ok(running.outcome())
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Fees, Instrument, Side};

    use scaleout_market::Timestamp;

    use super::*;
    use crate::{
        ExitReason, FillCause,
        test_market::{MINUTE_NS, dear, entry, history, instrument, play, touch},
    };

    fn made(minutes: f64, price: f64, qty: f64) -> MadeExit {
        MadeExit { ts: Timestamp::from_nanos((minutes * MINUTE_NS as f64) as i64), price, qty }
    }

    const ROWS: [[f64; 4]; 4] =
        [[100.0, 104.0, 98.0, 103.0], [103.0, 112.0, 102.0, 110.0], [110.0, 111.0, 95.0, 96.0], [96.0; 4]];

    /// The sales of a trade of 4 units at 100 as `bar part @ price`, long and mirrored at 200.
    fn check(exits: &[(f64, f64, f64)], expected: &str) {
        for side in [Side::Long, Side::Short] {
            let mirror = |price: f64| if side == Side::Long { price } else { 200.0 - price };
            let rows = ROWS.map(|[open, high, low, close]| {
                let [high, low] = [mirror(high), mirror(low)];
                [mirror(open), high.max(low), high.min(low), mirror(close)]
            });
            let (history, instrument, config) = (history(&rows), instrument(), touch(3));
            let trade = entry(side, 100.0, Some(mirror(99.0)), 4.0);
            let exits: Vec<MadeExit> =
                exits.iter().map(|&(minute, price, qty)| made(minute, mirror(price), qty)).collect();
            let market = Market { history: &history, instrument: &instrument };
            let found = match AsTraded::new(&trade, 1, market, &exits, &config) {
                Err(error) => error.to_string(),
                Ok(policy) => {
                    let outcome = play(&trade, &history, &instrument, &policy, &config);
                    let leg = |leg: &crate::Leg| {
                        let part = 4.0 * leg.fraction.as_f64();
                        format!("{} {part} @ {} {}", leg.bar, mirror(leg.price), leg.cause.name())
                    };
                    let legs: Vec<String> = outcome.legs.iter().map(leg).collect();
                    format!("{}; {} R", legs.join(", "), outcome.net_r)
                }
            };
            if side == Side::Long || !expected.contains("accepted") {
                assert_eq!(found, expected, "{side:?} {exits:?}");
            }
        }
    }

    #[test]
    fn fills_are_booked_as_they_were() {
        // The stop at 99 is part of no fill: it was not what ended the trade.
        check(&[(2.5, 111.0, 1.0), (3.2, 97.5, 3.0)], "2 1 @ 111 as-traded, 3 3 @ 97.5 as-traded; 0.0875 R");
        // In the bar of the entry, and all of it.
        check(&[(1.0, 103.5, 4.0)], "1 4 @ 103.5 as-traded; 0.35 R");
        // What is left is sold at the horizon.
        check(&[(2.1, 110.0, 1.0)], "2 1 @ 110 as-traded, 4 3 @ 96 horizon; -0.05 R");
        check(&[], "4 4 @ 96 horizon; -0.4 R");
        // Minute 3 is the close of bar 2 and the open of bar 3: each price belongs to the bar that showed it.
        check(&[(3.0, 112.0, 4.0)], "2 4 @ 112 as-traded; 1.2 R");
        check(&[(3.0, 95.5, 4.0)], "3 4 @ 95.5 as-traded; -0.45 R");
        // Beyond the horizon.
        check(&[(400.0, 1.0, 4.0)], "4 4 @ 96 horizon; -0.4 R");
    }

    #[test]
    fn what_cannot_have_happened_is_refused() {
        check(
            &[(0.5, 100.0, 4.0)],
            "entry `a`, exit 1: filled at 1970-01-01T00:00:30Z; accepted: at or after the entry at 1970-01-01T00:01:00Z",
        );
        check(&[(2.5, 110.0, 1.0), (2.6, 110.0, 3.5)], "entry `a`, exit 2: 4.5 sold in all; accepted: at most 4");
        let outside = "entry `a`, exit 1: 113 lies outside the bar that closes at 1970-01-01T00:03:00Z; accepted: \
                       101.9999999 to 112.0000001 (its range, half-spread, slippage and a tick)";
        check(&[(2.5, 113.0, 4.0)], outside);
    }

    #[test]
    fn a_fill_pays_fees_and_carry_but_no_spread() {
        let history = history(&ROWS);
        let free = Instrument { fees: Fees::default(), ..dear() };
        let trade = entry(Side::Long, 100.0, None, 4.0);
        for instrument in [dear(), free] {
            let market = Market { history: &history, instrument: &instrument };
            let policy = AsTraded::new(&trade, 1, market, &[made(2.5, 111.0, 4.0)], &touch(3)).unwrap();
            let outcome = play(&trade, &history, &instrument, &policy, &touch(3));
            let [leg] = &outcome.legs[..] else { panic!("{:?}", outcome.legs) };
            assert_eq!((leg.price, leg.reason, leg.cause), (111.0, ExitReason::Market, FillCause::AsTraded));
            let fee = instrument.fees.taker_rate * 111.0 * 4.0 * 2.5
                + 4.0 * instrument.fees.per_unit
                + instrument.fees.per_order;
            assert!((leg.exit_fee.as_f64() - fee.max(instrument.fees.minimum)).abs() < 1e-9);
            let sum: f64 = outcome.bar_net_r.iter().sum();
            assert!((sum - outcome.net_r).abs() < 1e-12 && outcome.held.len() == 2, "{outcome:?}");
        }
    }

    #[test]
    fn parts_below_a_lot_go_with_the_next() {
        let history = history(&ROWS);
        let lots = Instrument { lot_step: 1.0, ..instrument() };
        let market = Market { history: &history, instrument: &lots };
        let four = entry(Side::Long, 100.0, None, 4.0);
        let policy =
            AsTraded::new(&four, 1, market, &[made(2.5, 111.0, 2.0), made(3.5, 96.0, 2.0)], &touch(3)).unwrap();
        let one = entry(Side::Long, 100.0, None, 1.0);
        let outcome = play(&one, &history, &lots, &policy, &touch(3));
        assert_eq!(outcome.legs.iter().map(|leg| (leg.qty, leg.price)).collect::<Vec<_>>(), [(1.0, 111.0)]);
    }
}
