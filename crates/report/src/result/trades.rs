//! Every trade of every contestant, sale by sale, and what each account did with it.

use std::collections::BTreeMap;

use scaleout_evaluation::{Contestant, SymbolFacts};
use scaleout_exits::{AddFill, Book, ExitReason, FillCause, Fraction, MissedReason, Money, TradeOutcome};
use scaleout_market::{Add, Entry, Side, Timestamp};
use serde::{Deserialize, Serialize};

use crate::result::row::row;

row! {
    /// An entry, the same for every contestant.
    pub struct EntryRecord {
        /// Its id.
        pub id: String,
        /// What was bought or sold.
        pub symbol: String,
        /// Currency of its money; empty where the symbol is not known.
        pub currency: String,
        /// Its direction.
        pub side: Side,
        /// When it was made.
        pub ts: Timestamp,
        /// When it filled.
        pub filled_ts: Timestamp,
        /// Price that it paid, spread and slippage included, in points.
        pub price: f64,
        /// Distance that is 1 R, in points.
        pub risk: f64,
        /// Quantity in the instrument's units.
        pub qty: f64,
    }
}

row! {
    /// What became of one entry under one contestant.
    pub struct TradeRecord {
        /// When the last part was sold.
        pub exit_ts: Timestamp,
        /// Gain after all costs.
        pub net: Money,
        /// The same in R.
        pub net_r: f64,
        /// Gain before fees and carry, in R.
        pub gross_r: f64,
        /// J of the trade, in its own unit.
        pub objective: f64,
        /// Best excursion while held, in R.
        pub mfe_r: f64,
        /// Worst excursion while held, in R; 0 or less.
        pub mae_r: f64,
        /// Bars in which some of the position was held.
        pub bars_held: u32,
        /// The sales, in order.
        pub legs: Vec<LegRecord>,
    }
}

row! {
    /// One sale.
    pub struct LegRecord {
        /// Index of the bar in which it filled, from 0.
        pub bar: usize,
        /// When it filled.
        pub ts: Timestamp,
        /// Which kind of order or event.
        pub reason: ExitReason,
        /// Why it filled where it did.
        pub cause: FillCause,
        /// Part of the initial size.
        pub fraction: Fraction,
        /// Quantity in the instrument's units.
        pub qty: f64,
        /// Price before spread, slippage and impact, in points.
        pub reference: f64,
        /// Price, spread, slippage and impact included, in points.
        pub price: f64,
        /// Gain before fees.
        pub gross: Money,
        /// Fee of this sale.
        pub exit_fee: Money,
        /// Its share of the entry's fee.
        pub entry_fee: Money,
        /// Whether the intrabar rule decided that this came first.
        pub decided_by_rule: bool,
    }
}

row! {
    /// A later entry into a position.
    pub struct AddRecord {
        /// Place of the entry in the list of entries.
        pub entry: usize,
        /// Which of its adds, in order of time, from 1.
        pub number: usize,
        /// When it was made.
        pub ts: Timestamp,
        /// Price that it paid, spread and slippage included, in points; its own where it did not fill.
        pub price: f64,
        /// Quantity in the instrument's units.
        pub qty: f64,
        /// Index of the bar in which it filled, from 0; `null` where it did not fill.
        pub bar: Option<usize>,
        /// Its fee.
        pub fee: Money,
    }
}

row! {
    /// What an account did with one entry.
    pub struct BookRecord {
        /// Place of the entry in the list of entries.
        pub entry: usize,
        /// What was done.
        pub done: BookAction,
    }
}

/// Whether an account took an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BookAction {
    /// It had to miss it.
    Missed(MissedReason),
    /// It took it.
    Taken(TakenRecord),
}

row! {
    /// An entry that an account took.
    pub struct TakenRecord {
        /// Whether the free margin allowed less than the risk did.
        pub is_cut: bool,
        /// Quantity in the instrument's units.
        pub qty: f64,
        /// Margin that it tied up.
        pub margin: f64,
        /// Gain after all costs.
        pub net: Money,
        /// Capital and the gains of all entries up to this one.
        pub equity_after: Money,
    }
}

/// The trades of one contestant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContestantTrades {
    /// Name of the contestant.
    pub contestant: String,
    /// Mean part of the initial position held through each bar after the entry, over all trades; ends with a 0.
    pub held: Vec<f64>,
    /// One for each entry, in their order.
    pub trades: Vec<TradeRecord>,
    /// What its account did with each entry, in order of time.
    pub book: Vec<BookRecord>,
    /// The later entries into its positions; none in most runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<AddRecord>,
}

/// Every trade of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeRecords {
    /// The entries that every contestant replayed, in order of time.
    pub entries: Vec<EntryRecord>,
    /// The trades of each contestant, in the order of the evaluation.
    pub contestants: Vec<ContestantTrades>,
}

impl TradeRecords {
    /// The records of `contestants` and their `books`, both aligned on `entries`.
    pub fn new(
        contestants: &[Contestant],
        books: &[Book],
        entries: &[Entry],
        symbols: &BTreeMap<String, SymbolFacts>,
    ) -> Self {
        let first = contestants.first().map_or(&[][..], |contestant| &contestant.outcomes);
        // What an entry paid does not depend on how it is taken off.
        let entry_records = entries.iter().zip(first).map(|(entry, outcome)| EntryRecord {
            id: entry.id.clone(),
            symbol: entry.symbol.clone(),
            currency: symbols.get(&entry.symbol).map_or_else(String::new, |facts| facts.currency.clone()),
            side: entry.side,
            ts: entry.ts,
            filled_ts: outcome.entry_ts,
            price: outcome.entry_price,
            risk: entry.risk,
            qty: entry.qty,
        });
        Self {
            entries: entry_records.collect(),
            contestants: contestants
                .iter()
                .zip(books)
                .map(|(contestant, book)| ContestantTrades {
                    contestant: contestant.name.clone(),
                    held: mean_held(contestant),
                    trades: trades(contestant),
                    book: book_records(book, entries),
                    adds: adds(contestant, entries),
                })
                .collect(),
        }
    }
}

fn trades(contestant: &Contestant) -> Vec<TradeRecord> {
    let trade = |outcome: &TradeOutcome| TradeRecord {
        exit_ts: outcome.exit_ts,
        net: outcome.net,
        net_r: outcome.net_r,
        gross_r: outcome.gross_r,
        objective: outcome.objective,
        mfe_r: outcome.mfe_r,
        mae_r: outcome.mae_r,
        bars_held: outcome.bars_held,
        legs: outcome
            .legs
            .iter()
            .map(|leg| LegRecord {
                bar: leg.bar,
                ts: leg.ts,
                reason: leg.reason,
                cause: leg.cause,
                fraction: leg.fraction,
                qty: leg.qty,
                reference: leg.reference,
                price: leg.price,
                gross: leg.gross,
                exit_fee: leg.exit_fee,
                entry_fee: leg.entry_fee,
                decided_by_rule: leg.decided_by_rule,
            })
            .collect(),
    };
    contestant.outcomes.iter().map(trade).collect()
}

fn adds(contestant: &Contestant, entries: &[Entry]) -> Vec<AddRecord> {
    let of = |(entry, (outcome, planned)): (usize, (&TradeOutcome, &Entry))| {
        let record = |(place, add): (usize, &Add)| {
            let number = place + 1;
            match outcome.adds.iter().find(|filled| filled.number == number) {
                None => {
                    AddRecord { entry, number, ts: add.ts, price: add.price, qty: add.qty, bar: None, fee: Money::ZERO }
                }
                Some(&AddFill { ts, price, qty, bar, fee, .. }) => {
                    AddRecord { entry, number, ts, price, qty, bar: Some(bar), fee }
                }
            }
        };
        planned.adds.iter().enumerate().map(record).collect::<Vec<_>>()
    };
    contestant.outcomes.iter().zip(entries).enumerate().flat_map(of).collect()
}

fn mean_held(contestant: &Contestant) -> Vec<f64> {
    let outcomes = &contestant.outcomes;
    let bars = outcomes.iter().map(|outcome| outcome.held.len()).max().unwrap_or(0);
    let mut held = vec![0.0; bars + 1];
    for outcome in outcomes {
        for (total, part) in held.iter_mut().zip(&outcome.held) {
            *total += part.as_f64() / outcomes.len() as f64;
        }
    }
    held
}

fn book_records(book: &Book, entries: &[Entry]) -> Vec<BookRecord> {
    let missed = book.missed.iter();
    let mut records: Vec<BookRecord> =
        missed.map(|missed| BookRecord { entry: missed.index, done: BookAction::Missed(missed.reason) }).collect();
    // Exits settle in another order than entries where several symbols are held.
    let mut equity = book.capital;
    for taken in &book.taken {
        equity = equity + taken.outcome.net;
        let done = BookAction::Taken(TakenRecord {
            is_cut: taken.is_cut,
            qty: taken.qty,
            margin: taken.margin,
            net: taken.outcome.net,
            equity_after: equity,
        });
        records.push(BookRecord { entry: taken.index, done });
    }
    records.sort_by_key(|record| (entries[record.entry].ts, record.entry));
    records
}

impl TradeRecord {
    /// Mean price of the sales, weighted by their quantity.
    pub fn exit_price(&self) -> f64 {
        let qty: f64 = self.legs.iter().map(|leg| leg.qty).sum();
        self.legs.iter().map(|leg| leg.price * leg.qty).sum::<f64>() / qty
    }

    /// Whether the intrabar rule decided any of its sales.
    pub fn is_ambiguous(&self) -> bool {
        self.legs.iter().any(|leg| leg.decided_by_rule)
    }
}

impl LegRecord {
    /// Gain after both fees.
    pub fn net(&self) -> Money {
        self.gross - self.exit_fee - self.entry_fee
    }
}
