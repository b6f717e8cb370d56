//! The free-running book: one account that takes what it can, and says what it had to miss.

mod account;

use std::collections::BTreeMap;

use scaleout_market::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    EntryOnMarket, ExitError, ExitPolicy, Money, Objective, ReplayConfig, TradeOutcome, adds::resized, replay,
};

pub use account::{BookConfig, ShortMargin, SizedBy};
use account::{Size, size};

/// One entry offered to the book, on its own market.
#[derive(Clone, Copy)]
pub struct BookEntry<'a> {
    /// The entry, whose quantity the book decides.
    pub on: EntryOnMarket<'a>,
    /// Its exit rule.
    pub policy: &'a dyn ExitPolicy,
}

/// Why an entry was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissedReason {
    /// A position in the symbol was open.
    PositionOpen,
    /// As many positions were open as the account may hold.
    TooMany,
    /// The margin was tied up in other positions, or more than the account has.
    NoMargin,
    /// The allowed risk was below the minimum order.
    TooSmall,
    /// No capital was left.
    NoEquity,
    /// The size was beyond what can be counted, or its costs beyond what the market's data can tell.
    TooLarge,
}

impl MissedReason {
    /// The reason in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PositionOpen => "a position in the symbol was open",
            Self::TooMany => "the account held as many positions as it may",
            Self::NoMargin => "not enough free margin",
            Self::TooSmall => "the allowed risk is below the minimum order",
            Self::NoEquity => "no capital was left",
            Self::TooLarge => "the size was too large to be replayed",
        }
    }
}

/// An entry that the book had to miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    /// Its index among those offered.
    pub index: usize,
    /// Why.
    pub reason: MissedReason,
}

/// An entry that the book took.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Its index among those offered.
    pub index: usize,
    /// Its quantity.
    pub qty: f64,
    /// The margin it tied up.
    pub margin: f64,
    /// Realised equity when it was sized.
    pub equity_before: Money,
    /// Whether the free margin allowed less than the risk did.
    pub is_cut: bool,
    /// What became of it.
    pub outcome: TradeOutcome,
}

/// What the book did.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// Cash at the start.
    pub capital: Money,
    /// Trades taken, in order of their entries.
    pub taken: Vec<Taken>,
    /// Entries missed, in order of time.
    pub missed: Vec<Missed>,
    /// Realised equity after each exit, in order of time.
    pub equity: Vec<(Timestamp, Money)>,
}

impl Book {
    /// Equity when everything is closed: the capital and what every trade taken earned, to the last unit.
    pub fn end_equity(&self) -> Money {
        self.capital + self.taken.iter().map(|taken| taken.outcome.net).sum()
    }
}

struct OpenPosition {
    exit_ts: Timestamp,
    margin: f64,
    net: Money,
}

/// Trades `entries` with one account: at most one position per symbol, 1 R of each a fixed share of what it is
/// `sized_by`, in whole lots, and no more margin than there is equity.
///
/// Open profit counts neither as equity nor as margin, which errs against the trader in a rise and for them in a fall.
///
/// A trade that cannot be replayed at its size is missed: no size of an account ends the book.
///
/// # Errors
/// If the account is out of range.
pub fn run_book(
    entries: &[BookEntry<'_>],
    objective: &Objective,
    config: &ReplayConfig,
    account: &BookConfig,
    sized_by: SizedBy,
) -> Result<Book, ExitError> {
    let account = account.checked()?;
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&index| entries[index].on.placed.entry.ts);
    let capital = Money::from_f64(account.capital);
    let mut equity = capital;
    let mut open: BTreeMap<&str, OpenPosition> = BTreeMap::new();
    let mut book = Book { capital, taken: Vec::new(), missed: Vec::new(), equity: Vec::new() };
    for index in order {
        let offered = &entries[index];
        let EntryOnMarket { placed, market, inputs } = offered.on;
        let entry = placed.entry;
        settle(&mut open, entry.ts, &mut equity, &mut book.equity);
        let tied_up: f64 = open.values().map(|position| position.margin).sum();
        let sized = if open.contains_key(entry.symbol.as_str()) {
            Err(MissedReason::PositionOpen)
        } else if account.max_positions.is_some_and(|most| most as usize <= open.len()) {
            Err(MissedReason::TooMany)
        } else {
            size(offered, equity.as_f64(), equity.as_f64() - tied_up, &account, sized_by)
        };
        match sized {
            Err(reason) => book.missed.push(Missed { index, reason }),
            Ok(Size { qty, margin, is_cut }) => {
                let sized = resized(entry, qty, market.instrument.lot_step);
                let replayed = replay(&sized, placed.first_bar, market, inputs, offered.policy, objective, config);
                let Ok(outcome) = replayed else {
                    book.missed.push(Missed { index, reason: MissedReason::TooLarge });
                    continue;
                };
                open.insert(&entry.symbol, OpenPosition { exit_ts: outcome.exit_ts, margin, net: outcome.net });
                book.taken.push(Taken { index, qty, margin, equity_before: equity, is_cut, outcome });
            }
        }
    }
    settle(&mut open, Timestamp::from_nanos(i64::MAX), &mut equity, &mut book.equity);
    debug_assert_eq!(equity, book.end_equity(), "Invariant: every exit is settled once");
    Ok(book)
}

/// Books the exits up to `until`, in order of time.
fn settle(
    open: &mut BTreeMap<&str, OpenPosition>,
    until: Timestamp,
    equity: &mut Money,
    curve: &mut Vec<(Timestamp, Money)>,
) {
    let mut due: Vec<(Timestamp, &str)> = open
        .iter()
        .filter(|(_, position)| position.exit_ts <= until)
        .map(|(symbol, position)| (position.exit_ts, *symbol))
        .collect();
    due.sort();
    for (exit_ts, symbol) in due {
        if let Some(position) = open.remove(symbol) {
            *equity = *equity + position.net;
            curve.push((exit_ts, *equity));
        }
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Entry, Instrument, Side, Timestamp};

    use super::{Book, BookConfig, BookEntry, Missed, MissedReason, ShortMargin, SizedBy, run_book};
    use crate::{
        EntryOnMarket, Market, Money, Objective, PlacedEntry,
        policies::AllOutTarget,
        test_market::{MINUTE_NS, entry, history, instrument, no_features, touch},
    };

    const ACCOUNT: BookConfig = BookConfig {
        capital: 10_000.0,
        risk_per_trade_frac: 0.01,
        short_margin: ShortMargin::Miss,
        max_positions: None,
    };

    fn at(bar: usize, id: &str, symbol: &str) -> Entry {
        let ts = Timestamp::from_nanos(bar as i64 * MINUTE_NS);
        Entry { id: id.into(), symbol: symbol.into(), ts, ..entry(Side::Long, 100.0, Some(90.0), 1.0) }
    }

    fn book(entries: &[Entry], instrument: &Instrument, account: &BookConfig) -> Book {
        sized(entries, instrument, account, SizedBy::RealisedEquity)
    }

    fn sized(entries: &[Entry], instrument: &Instrument, account: &BookConfig, sized_by: SizedBy) -> Book {
        let history =
            history(&[[100.0, 101.0, 99.0, 100.0], [100.0, 111.0, 99.0, 100.0], [100.0; 4], [100.0; 4], [100.0; 4]]);
        let market = Market { history: &history, instrument };
        let policy = AllOutTarget { target_r: 1.0 };
        let inputs = no_features();
        let offered: Vec<BookEntry<'_>> = entries
            .iter()
            .map(|entry| {
                let first_bar = (entry.ts.nanos() / MINUTE_NS) as usize;
                let placed = PlacedEntry { entry, first_bar };
                BookEntry { on: EntryOnMarket { placed, market, inputs: &inputs }, policy: &policy }
            })
            .collect();
        run_book(&offered, &Objective::mean_variance(0.0), &touch(2), account, sized_by).unwrap()
    }

    fn check(entries: &[Entry], instrument: &Instrument, taken: &[(usize, f64)], missed: &[Missed], equity: &[f64]) {
        let book = book(entries, instrument, &ACCOUNT);
        let got: Vec<(usize, f64)> = book.taken.iter().map(|taken| (taken.index, taken.qty)).collect();
        assert_eq!((got.as_slice(), book.missed.as_slice()), (taken, missed));
        assert_eq!(book.equity.iter().map(|(_, equity)| equity.as_f64()).collect::<Vec<_>>(), equity);
        assert_eq!(book.equity.last().map_or(book.capital, |(_, equity)| *equity), book.end_equity());
    }

    #[test]
    fn a_second_position_in_the_symbol_is_missed() {
        let missed = [Missed { index: 1, reason: MissedReason::PositionOpen }];
        // 1 % of 10,000 over 10 points is 10 units; after +100 it is 10.1.
        let entries = [at(1, "a", "X"), at(2, "b", "X"), at(3, "c", "X")];
        check(&entries, &instrument(), &[(0, 10.0), (2, 10.1)], &missed, &[10_100.0, 10_100.0]);
    }

    #[test]
    fn an_account_holds_no_more_positions_than_it_may() {
        let entries = [at(1, "a", "X"), at(2, "b", "Y"), at(3, "c", "Z")];
        let of = |most| {
            let account = BookConfig { max_positions: most, ..ACCOUNT };
            book(&entries, &instrument(), &account).missed.iter().map(|missed| (missed.index, missed.reason)).collect()
        };
        let none: Vec<(usize, MissedReason)> = Vec::new();
        assert_eq!((of(None), of(Some(1))), (none, vec![(1, MissedReason::TooMany)]), "c comes after a is closed");
    }

    #[test]
    fn an_account_that_knows_the_future_does_not_compound() {
        let entries = [at(1, "a", "X"), at(3, "b", "X")];
        let book = sized(&entries, &instrument(), &ACCOUNT, SizedBy::Capital);
        assert_eq!(book.taken.iter().map(|taken| taken.qty).collect::<Vec<_>>(), [10.0, 10.0]);
    }

    #[test]
    fn a_size_beyond_32_bits_of_lots_is_taken_and_one_beyond_all_count_is_missed() {
        let cheap = Instrument { lot_step: 1e-9, ..instrument() };
        let held = book(&[at(1, "a", "X")], &cheap, &ACCOUNT);
        assert_eq!(held.taken.iter().map(|taken| taken.qty).collect::<Vec<_>>(), [10.0]);
        let rich = BookConfig { capital: 1e15, risk_per_trade_frac: 1.0, ..ACCOUNT };
        let dear = Instrument { multiplier: 1e-3, margin_rate: 0.0, ..instrument() };
        let missed = [Missed { index: 0, reason: MissedReason::TooLarge }];
        assert_eq!(book(&tight(&[at(1, "a", "X")]), &dear, &rich).missed, missed);
        let fine = Instrument { lot_step: 1e-15, ..instrument() };
        assert_eq!(book(&[at(1, "a", "X")], &fine, &ACCOUNT).missed, missed);
    }

    #[test]
    fn lots_and_margin_make_it_miss_more() {
        let lots = Instrument { lot_step: 20.0, ..instrument() };
        check(&[at(1, "a", "X")], &lots, &[], &[Missed { index: 0, reason: MissedReason::TooSmall }], &[]);
        let dear = Instrument { multiplier: 1.0, margin_rate: 1.0, ..instrument() };
        let cheap = [at(1, "a", "X"), at(1, "b", "Y")];
        check(&cheap, &dear, &[(0, 10.0), (1, 10.0)], &[], &[10_100.0, 10_200.0]);
        let missed = [Missed { index: 1, reason: MissedReason::NoMargin }];
        check(&tight(&cheap), &dear, &[(0, 100.0 / 1.5)], &missed, &[10_100.0]);
    }

    fn tight(entries: &[Entry]) -> Vec<Entry> {
        entries.iter().map(|entry| Entry { risk: 1.5, stop: Some(98.5), ..entry.clone() }).collect()
    }

    #[test]
    fn an_entry_beyond_the_free_margin_is_cut_to_it() {
        let dear = Instrument { margin_rate: 1.0, lot_step: 1.0, ..instrument() };
        let entries = tight(&[at(1, "a", "X"), at(1, "b", "Y")]);
        let book = book(&entries, &dear, &BookConfig { short_margin: ShortMargin::Cut, ..ACCOUNT });
        let got: Vec<_> = book.taken.iter().map(|taken| (taken.qty, taken.margin, taken.is_cut)).collect();
        // 66 units for the risk, then 3,400 of free margin for 34 more.
        assert_eq!(got, [(66.0, 6_600.0, false), (34.0, 3_400.0, true)]);
        assert_eq!(book.end_equity(), Money::from_f64(10_150.0));
    }
}
