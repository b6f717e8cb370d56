//! The free-running book: one account that takes what it can, and says what it had to miss.

use std::collections::BTreeMap;

use scaleout_features::FeatureTable;
use scaleout_market::{Entry, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{ExitError, ExitPolicy, Market, Objective, PlacedEntry, ReplayConfig, TradeOutcome, replay};

/// The account behind a book.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookConfig {
    /// Cash at the start, in the instruments' currency; above 0.
    pub capital: f64,
    /// Share of the realised equity that 1 R of a new trade is; above 0, at most 1.
    pub risk_per_trade: f64,
}

/// One entry offered to the book, on its own market.
#[derive(Clone, Copy)]
pub struct BookEntry<'a> {
    /// The entry with the bar of its fill; the book decides its quantity.
    pub placed: PlacedEntry<'a>,
    /// Its market.
    pub market: Market<'a>,
    /// The features that its policy reads.
    pub inputs: &'a FeatureTable,
    /// Its exit rule.
    pub policy: &'a dyn ExitPolicy,
}

/// Why an entry was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissedReason {
    /// A position in the symbol was open.
    PositionOpen,
    /// The margin was tied up in other positions.
    NoMargin,
    /// The risk allowed less than the least order.
    TooSmall,
}

/// An entry that the book had to miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    /// Its index among those offered.
    pub index: usize,
    /// Why.
    pub reason: MissedReason,
}

/// What the book did.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// Trades taken, by their index among those offered, in order of their entries.
    pub taken: Vec<(usize, TradeOutcome)>,
    /// Entries missed, in order of time.
    pub missed: Vec<Missed>,
    /// Realised equity after each exit, in order of time.
    pub equity: Vec<(Timestamp, f64)>,
}

struct OpenPosition {
    exit_ts: Timestamp,
    margin: f64,
    net: f64,
}

/// Trades `entries` with one account: at most one position per symbol, 1 R of each a fixed share of the realised
/// equity, in whole lots, and no more margin than there is equity.
///
/// Open profit counts neither as equity nor as margin, which errs against the trader in a rise and for them in a fall.
/// Entries that need a larger quantity than allowed are missed, never cut.
///
/// # Errors
/// If the account is out of range, or a trade cannot be replayed.
pub fn run_book(
    entries: &[BookEntry<'_>],
    objective: &Objective,
    config: &ReplayConfig,
    account: &BookConfig,
) -> Result<Book, ExitError> {
    if !(account.capital.is_finite() && 0.0 < account.capital) {
        return Err(ExitError::range("capital", account.capital, "a finite number above 0"));
    }
    if !(0.0 < account.risk_per_trade && account.risk_per_trade <= 1.0) {
        return Err(ExitError::range("risk_per_trade", account.risk_per_trade, "a share above 0, at most 1"));
    }
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&index| entries[index].placed.entry.ts);
    let mut equity = account.capital;
    let mut open: BTreeMap<&str, OpenPosition> = BTreeMap::new();
    let mut book = Book { taken: Vec::new(), missed: Vec::new(), equity: Vec::new() };
    for index in order {
        let offered = &entries[index];
        let entry = offered.placed.entry;
        settle(&mut open, entry.ts, &mut equity, &mut book.equity);
        let tied_up: f64 = open.values().map(|position| position.margin).sum();
        let sized = if open.contains_key(entry.symbol.as_str()) {
            Err(MissedReason::PositionOpen)
        } else {
            size(offered, equity, equity - tied_up, account)
        };
        match sized {
            Err(reason) => book.missed.push(Missed { index, reason }),
            Ok((qty, margin)) => {
                let sized = Entry { qty, ..entry.clone() };
                let first_bar = offered.placed.first_bar;
                let outcome =
                    replay(&sized, first_bar, offered.market, offered.inputs, offered.policy, objective, config)?;
                let net = outcome.net.as_f64();
                open.insert(&entry.symbol, OpenPosition { exit_ts: outcome.exit_ts, margin, net });
                book.taken.push((index, outcome));
            }
        }
    }
    settle(&mut open, Timestamp::from_nanos(i64::MAX), &mut equity, &mut book.equity);
    Ok(book)
}

/// Books the exits up to `until`, in order of time.
fn settle(
    open: &mut BTreeMap<&str, OpenPosition>,
    until: Timestamp,
    equity: &mut f64,
    curve: &mut Vec<(Timestamp, f64)>,
) {
    let mut due: Vec<(Timestamp, &str)> = open
        .iter()
        .filter(|(_, position)| position.exit_ts <= until)
        .map(|(symbol, position)| (position.exit_ts, *symbol))
        .collect();
    due.sort();
    for (exit_ts, symbol) in due {
        if let Some(position) = open.remove(symbol) {
            *equity += position.net;
            curve.push((exit_ts, *equity));
        }
    }
}

/// Quantity and margin of a new position, or why there is none.
fn size(offered: &BookEntry<'_>, equity: f64, free: f64, account: &BookConfig) -> Result<(f64, f64), MissedReason> {
    let (entry, instrument) = (offered.placed.entry, offered.market.instrument);
    let exact = account.risk_per_trade * equity / (entry.risk * instrument.multiplier);
    let step = instrument.lot_step;
    // A millionth of a lot is rounding, not a quantity.
    let qty = if step == 0.0 { exact } else { (exact / step + 1e-6).floor() * step };
    let notional = qty * entry.price.abs() * instrument.multiplier;
    if qty <= 0.0 || qty < instrument.min_qty || notional < instrument.min_notional {
        return Err(MissedReason::TooSmall);
    }
    let margin = notional * instrument.margin_rate;
    if free < margin {
        return Err(MissedReason::NoMargin);
    }
    Ok((qty, margin))
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Entry, Instrument, Side, Timestamp};

    use super::{BookConfig, BookEntry, Missed, MissedReason, run_book};
    use crate::{
        Market, Objective, PlacedEntry,
        policies::AllOutTarget,
        test_market::{MINUTE_NS, entry, history, instrument, no_features, touch},
    };

    const ACCOUNT: BookConfig = BookConfig { capital: 10_000.0, risk_per_trade: 0.01 };

    fn at(bar: usize, id: &str, symbol: &str) -> Entry {
        let ts = Timestamp::from_nanos(bar as i64 * MINUTE_NS);
        Entry { id: id.into(), symbol: symbol.into(), ts, ..entry(Side::Long, 100.0, Some(90.0), 1.0) }
    }

    fn check(entries: &[Entry], instrument: &Instrument, taken: &[(usize, f64)], missed: &[Missed], equity: &[f64]) {
        let history =
            history(&[[100.0, 101.0, 99.0, 100.0], [100.0, 111.0, 99.0, 100.0], [100.0; 4], [100.0; 4], [100.0; 4]]);
        let market = Market { history: &history, instrument };
        let policy = AllOutTarget { target_r: 1.0 };
        let inputs = no_features();
        let offered: Vec<BookEntry<'_>> = entries
            .iter()
            .map(|entry| {
                let first_bar = (entry.ts.nanos() / MINUTE_NS) as usize;
                BookEntry { placed: PlacedEntry { entry, first_bar }, market, inputs: &inputs, policy: &policy }
            })
            .collect();
        let book = run_book(&offered, &Objective::mean_variance(0.0), &touch(2), &ACCOUNT).unwrap();
        let got: Vec<(usize, f64)> = book.taken.iter().map(|(index, trade)| (*index, trade.legs[0].qty)).collect();
        assert_eq!((got.as_slice(), book.missed.as_slice()), (taken, missed));
        assert_eq!(book.equity.iter().map(|(_, equity)| *equity).collect::<Vec<_>>(), equity);
    }

    #[test]
    fn a_second_position_in_the_symbol_is_missed() {
        let missed = [Missed { index: 1, reason: MissedReason::PositionOpen }];
        // 1 % of 10,000 over 10 points is 10 units; after +100 it is 10.1.
        let entries = [at(1, "a", "X"), at(2, "b", "X"), at(3, "c", "X")];
        check(&entries, &instrument(), &[(0, 10.0), (2, 10.1)], &missed, &[10_100.0, 10_100.0]);
    }

    #[test]
    fn lots_and_margin_make_it_miss_more() {
        let lots = Instrument { lot_step: 20.0, ..instrument() };
        check(&[at(1, "a", "X")], &lots, &[], &[Missed { index: 0, reason: MissedReason::TooSmall }], &[]);
        let dear = Instrument { multiplier: 1.0, margin_rate: 1.0, ..instrument() };
        let cheap = [at(1, "a", "X"), at(1, "b", "Y")];
        check(&cheap, &dear, &[(0, 10.0), (1, 10.0)], &[], &[10_100.0, 10_200.0]);
        let tight: Vec<Entry> =
            cheap.iter().map(|entry| Entry { risk: 1.5, stop: Some(98.5), ..entry.clone() }).collect();
        let missed = [Missed { index: 1, reason: MissedReason::NoMargin }];
        let qty = 100.0 / 1.5;
        check(&tight, &dear, &[(0, qty)], &missed, &[10_100.0]);
    }
}
