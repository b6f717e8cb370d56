//! The whole order book, kept by differences that must follow one another.

use std::collections::BTreeMap;

use scaleout_market::{BookSnapshot, Level, Timestamp};
use serde::Deserialize;

/// Changed levels, and the numbers of the first and last change among them and of the last one before.
#[derive(Deserialize)]
pub(super) struct Difference<'a> {
    #[serde(rename = "U")]
    first: u64,
    #[serde(rename = "u")]
    last: u64,
    #[serde(rename = "pu")]
    before: u64,
    #[serde(borrow, rename = "b")]
    bids: Vec<[&'a str; 2]>,
    #[serde(borrow, rename = "a")]
    asks: Vec<[&'a str; 2]>,
}

/// The whole book at one moment.
#[derive(Deserialize)]
pub(super) struct Snapshot<'a> {
    #[serde(rename = "lastUpdateId")]
    last: u64,
    #[serde(borrow)]
    bids: Vec<[&'a str; 2]>,
    #[serde(borrow)]
    asks: Vec<[&'a str; 2]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Yes,
    /// Before the first snapshot.
    No,
    /// The book had it already: the message is a repetition, or a snapshot of an earlier book.
    Already,
}

/// The whole book, prices in 10⁻⁸.
#[derive(Default)]
pub(super) struct DepthBook {
    bids: BTreeMap<i64, f64>,
    asks: BTreeMap<i64, f64>,
    state: State,
    /// Differences that came before a snapshot, until there is one.
    waiting: Vec<Waiting>,
    /// Messages that the book had already.
    repeated: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// No snapshot yet, or messages were lost since.
    #[default]
    Unknown,
    /// The last change in the book is this snapshot's.
    Snapshot(u64),
    /// The last change in the book is this message's.
    Following(u64),
}

type Changes = Vec<(i64, f64)>;

struct Waiting {
    first: u64,
    last: u64,
    before: u64,
    bids: Changes,
    asks: Changes,
}

impl DepthBook {
    pub(super) fn restart(&mut self, snapshot: &Snapshot<'_>) -> Result<Known, String> {
        if matches!(self.state, State::Following(last) if snapshot.last < last) {
            self.repeated += 1;
            return Ok(Known::Already);
        }
        let (bids, asks) = (levels(&snapshot.bids)?, levels(&snapshot.asks)?);
        self.bids = bids.into_iter().collect();
        self.asks = asks.into_iter().collect();
        self.state = State::Snapshot(snapshot.last);
        for waiting in std::mem::take(&mut self.waiting) {
            self.follow(waiting)?;
        }
        Ok(Known::Yes)
    }

    pub(super) fn change(&mut self, difference: &Difference<'_>) -> Result<Known, String> {
        let Difference { first, last, before, .. } = *difference;
        self.follow(Waiting { first, last, before, bids: levels(&difference.bids)?, asks: levels(&difference.asks)? })
    }

    fn follow(&mut self, next: Waiting) -> Result<Known, String> {
        match self.state {
            State::Unknown => {
                self.waiting.push(next);
                return Ok(Known::No);
            }
            // Older than the snapshot: already in it.
            State::Snapshot(last) if next.last < last => return Ok(Known::No),
            State::Following(last) if next.last <= last => {
                self.repeated += 1;
                return Ok(Known::Already);
            }
            State::Snapshot(last) if next.first <= last || next.before == last => {}
            State::Following(last) if next.before == last => {}
            State::Snapshot(last) | State::Following(last) => {
                let problem =
                    format!("changes after {} follow changes up to {last}: messages are missing", next.before);
                self.state = State::Unknown;
                self.waiting = vec![next];
                return Err(problem);
            }
        }
        self.state = State::Following(next.last);
        for (side, changes) in [(&mut self.bids, next.bids), (&mut self.asks, next.asks)] {
            for (price, qty) in changes {
                if qty == 0.0 {
                    side.remove(&price);
                } else {
                    side.insert(price, qty);
                }
            }
        }
        Ok(Known::Yes)
    }

    /// How many messages the book had already when they came.
    pub(super) fn repeated(&self) -> u64 {
        self.repeated
    }

    pub(super) fn top(&self, ts: Timestamp, levels: usize) -> BookSnapshot {
        let level = |(price, qty): (&i64, &f64)| Level { price: *price as f64 / UNITS, qty: *qty };
        BookSnapshot {
            ts,
            bids: self.bids.iter().rev().take(levels).map(level).collect(),
            asks: self.asks.iter().take(levels).map(level).collect(),
        }
    }
}

const UNITS: f64 = 1e8;

fn levels(raw: &[[&str; 2]]) -> Result<Changes, String> {
    raw.iter()
        .map(|[price, qty]| {
            let qty = qty.parse::<f64>().ok().filter(|qty| qty.is_finite() && 0.0 <= *qty);
            units(price)
                .zip(qty)
                .ok_or_else(|| format!("level {price} {} is not a price and a quantity", qty.unwrap_or(f64::NAN)))
        })
        .collect()
}

/// A decimal as a whole number of 10⁻⁸, exact.
fn units(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if 8 < decimals.len() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: i64 = format!("{decimals:0<8}").parse().ok()?;
    whole.parse::<i64>().ok().filter(|whole| 0 <= *whole)?.checked_mul(100_000_000)?.checked_add(decimals)
}
