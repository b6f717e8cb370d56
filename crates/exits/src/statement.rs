//! What an account that holds all trades of a symbol in one pile would show: a broker's statement.

use scaleout_market::{Entry, Instrument, Side, Timestamp};
use serde::{Serialize, Serializer};

use crate::{Execution, FillCause, Matching, Money, TradeOutcome, match_lots};

/// One fill of an account: an entry, or a leg of one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatementFill {
    /// The trade's id.
    pub trade: String,
    /// The leg, from 1; `None` for an entry.
    pub leg: Option<usize>,
    /// The add, from 1; `None` for the first entry and for legs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add: Option<usize>,
    /// When it filled; written as RFC 3339.
    #[serde(serialize_with = "written")]
    pub ts: Timestamp,
    /// Its price.
    pub price: f64,
}

fn written<S: Serializer>(ts: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(ts)
}

/// A quantity that the account opened with one fill and closed with another, perhaps of another trade.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementLot {
    /// Whether it was bought or sold to open.
    pub side: Side,
    /// Quantity, above 0.
    pub qty: f64,
    /// The fill that opened it; under [`Matching::Average`] the first of its pool, whose price is not the pool's.
    pub opened: StatementFill,
    /// The fill that closed it.
    pub closed: StatementFill,
    /// Gain before fees.
    pub gross: Money,
    /// Its share of the fees of both fills.
    pub fees: Money,
}

impl StatementLot {
    /// Gain after fees.
    pub fn net(&self) -> Money {
        self.gross - self.fees
    }
}

/// The closed lots of one account in `instrument` that took all of `entries` and left as `outcomes` (one for each) say,
/// in order of time.
///
/// Fills of one moment come in the order of their entries. Whatever the matching, the lots' net sums to that of the
/// trades before their carry, which belongs to no lot.
pub fn lot_statement(
    outcomes: &[TradeOutcome],
    entries: &[Entry],
    instrument: &Instrument,
    matching: Matching,
) -> Vec<StatementLot> {
    let mut fills: Vec<(StatementFill, Execution)> = Vec::new();
    for (outcome, entry) in outcomes.iter().zip(entries) {
        let sign = outcome.side.sign();
        let fill = |leg, ts, price| StatementFill { trade: outcome.id.clone(), leg, add: None, ts, price };
        let first_qty = if entry.adds.is_empty() { entry.qty } else { first_qty(outcome) };
        let value = |price| instrument.contract.value(price);
        let opening = Execution { qty: sign * first_qty, price: value(outcome.entry_price), fee: outcome.entry_fee() };
        fills.push((fill(None, outcome.entry_ts, outcome.entry_price), opening));
        // The last leg takes the bits by which the quantities of the others were rounded.
        let mut left = Money::from_f64(first_qty);
        // What fills at one moment fills in this order: the market part, adds, the rest.
        let mut later: Vec<(u8, StatementFill, Execution)> = Vec::new();
        for add in &outcome.adds {
            left = left + Money::from_f64(add.qty);
            let adding = Execution { qty: sign * add.qty, price: value(add.price), fee: add.fee };
            later.push((1, StatementFill { add: Some(add.number), ..fill(None, add.ts, add.price) }, adding));
        }
        for (place, leg) in outcome.legs.iter().enumerate() {
            let is_last = place + 1 == outcome.legs.len();
            let qty = if is_last { left } else { Money::from_f64(leg.qty) };
            left = left - qty;
            let closing = Execution { qty: -sign * qty.as_f64(), price: value(leg.price), fee: leg.exit_fee };
            let turn = if leg.cause == FillCause::MarketAtOpen { 0 } else { 2 };
            later.push((turn, fill(Some(place + 1), leg.ts, leg.price), closing));
        }
        if !outcome.adds.is_empty() {
            later.sort_by_key(|(turn, fill, _)| (fill.ts, *turn));
        }
        fills.extend(later.into_iter().map(|(_, fill, execution)| (fill, execution)));
    }
    fills.sort_by_key(|(fill, _)| fill.ts);
    let executions: Vec<Execution> = fills.iter().map(|(_, execution)| *execution).collect();
    let lots = match_lots(&executions, instrument.multiplier, matching);
    lots.into_iter()
        .map(|lot| StatementLot {
            side: if executions[lot.closed_by].qty < 0.0 { Side::Long } else { Side::Short },
            qty: lot.qty,
            opened: fills[lot.opened_by].0.clone(),
            closed: fills[lot.closed_by].0.clone(),
            gross: lot.gross,
            fees: lot.fees,
        })
        .collect()
}

/// What filled at the entry of a position with adds: what its legs sold, less what the adds bought.
fn first_qty(outcome: &TradeOutcome) -> f64 {
    let sold: Money = outcome.legs.iter().map(|leg| Money::from_f64(leg.qty)).sum();
    let added: Money = outcome.adds.iter().map(|add| Money::from_f64(add.qty)).sum();
    (sold - added).as_f64()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use scaleout_market::{Entry, Side, Timestamp};

    use super::lot_statement;
    use crate::{
        Market, Matching, Money, Objective, PlacedEntry, TradeOutcome,
        policies::Ladder,
        replay_all,
        test_market::{MINUTE_NS, dear, entry, history, instrument, no_features, random_history, touch},
    };

    fn entered(bar: usize, side: Side, price: f64) -> Entry {
        let ts = Timestamp::from_nanos(bar as i64 * MINUTE_NS);
        Entry { id: format!("bar {bar}"), ts, ..entry(side, price, None, 2.0) }
    }

    fn outcomes(entries: &[Entry], market: Market<'_>, horizon: u32) -> Vec<TradeOutcome> {
        let placed: Vec<PlacedEntry<'_>> = entries
            .iter()
            .map(|entry| PlacedEntry { entry, first_bar: (entry.ts.nanos() / MINUTE_NS) as usize })
            .collect();
        let ladder = Ladder::weighted(&[0.5, 1.0], &[1, 1]);
        let objective = Objective::mean_variance(0.0);
        replay_all(&placed, market, &no_features(), |_| &ladder, &objective, &touch(horizon)).unwrap()
    }

    #[test]
    fn overlapping_positions_close_other_lots_under_each_matching() {
        let history = history(&[[100.0; 4], [103.0; 4], [103.0, 106.0, 103.0, 106.0], [104.0; 4], [104.0; 4]]);
        let instrument = instrument();
        let market = Market { history: &history, instrument: &instrument };
        // One at 100 whose first rung is at 105, one at 103 that leaves at the horizon, at 104.
        let entries = [entered(1, Side::Long, 100.0), entered(2, Side::Long, 103.0)];
        let outcomes = outcomes(&entries, market, 3);
        let told = |matching| -> Vec<String> {
            lot_statement(&outcomes, &entries, &instrument, matching)
                .iter()
                .map(|lot| {
                    format!(
                        "{} {} by {} at {}: {}",
                        lot.qty, lot.opened.trade, lot.closed.trade, lot.closed.price, lot.gross
                    )
                })
                .collect()
        };
        let fifo = ["1 bar 1 by bar 1 at 105: 5.00", "1 bar 1 by bar 1 at 104: 4.00", "2 bar 2 by bar 2 at 104: 2.00"];
        assert_eq!(told(Matching::Fifo), fifo);
        let lifo = ["1 bar 2 by bar 1 at 105: 2.00", "1 bar 2 by bar 1 at 104: 1.00", "2 bar 1 by bar 2 at 104: 8.00"];
        assert_eq!(told(Matching::Lifo), lifo);
        let average =
            ["1 bar 1 by bar 1 at 105: 3.50", "1 bar 1 by bar 1 at 104: 2.50", "2 bar 1 by bar 2 at 104: 5.00"];
        assert_eq!(told(Matching::Average), average);
    }

    #[test]
    fn the_lots_of_an_account_earn_what_its_trades_do() {
        let mut rng = ChaCha8Rng::seed_from_u64(17);
        let instrument = dear();
        for _ in 0..40 {
            let history = random_history(&mut rng, 30);
            let market = Market { history: &history, instrument: &instrument };
            let mut entries: Vec<Entry> = (0..6)
                .map(|_| {
                    let side = if rng.random_bool(0.5) { Side::Long } else { Side::Short };
                    let qty = f64::from(rng.random_range(1..50));
                    Entry { qty, ..entered(rng.random_range(1..15), side, 100.0) }
                })
                .collect();
            entries.sort_by_key(|entry| entry.ts);
            let outcomes = outcomes(&entries, market, 12);
            let trades: Money = outcomes.iter().map(|outcome| outcome.net + outcome.carry).sum();
            for matching in Matching::ALL {
                let lots = lot_statement(&outcomes, &entries, &instrument, matching);
                // A notional is rounded to 10⁻⁹ once for the whole entry and once for each leg.
                let difference = lots.iter().map(|lot| lot.net()).sum::<Money>() - trades;
                assert!(difference.nanos().abs() <= 20, "{matching:?} {difference:?}");
            }
        }
    }
}
