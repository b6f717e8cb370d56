//! The words that every other crate speaks: time, bars, trades, quotes, books, instruments, entries.
//!
//! A [`MarketHistory`] holds the bars of one instrument and the ticks between their closes, and hands them out as
//! [`MarketEvent`]s in the order in which they became known. An [`Entry`] is one position to be taken off; its prices
//! are measured in R, the price distance that it risks. An [`Instrument`] says what a fill costs.
//!
//! Nothing here reads a file, looks at a clock or draws a random number. A value from outside is valid: each type whose
//! numbers can be wrong has a method `checked`, and deserialising goes through it (`checked.rs`). A number out of its
//! range is always an [`OutOfRange`]. Series keep their fields private, because their invariants span many values.
//!
//! ```
//! use scaleout_market::{Bar, BarSeries, Entry, MarketEvent, MarketHistory, Side, Timestamp};
//! let bar = |minute: i64, close: f64| {
//!     let (open_ts, ts) = (Timestamp::from_secs(60 * (minute - 1)), Timestamp::from_secs(60 * minute));
//!     Bar { open_ts, ts, open: 100.0, high: 103.0, low: 99.0, close, volume: 5.0 }.checked()
//! };
//! let history = MarketHistory::from_series(BarSeries::new(vec![bar(1, 100.0)?, bar(2, 102.0)?], vec![])?);
//! let entry: Entry = toml::from_str(
//!     "id = 'a'\nsymbol = 'ES'\nts = 60000000000\nside = 'long'\nprice = 100.0\nrisk = 4.0\nqty = 1.0\ntags = []",
//! )?;
//! let closes: Vec<f64> = history.events().filter_map(|event| match event {
//!     MarketEvent::Bar(row) => Some(entry.r_at(row.bar.close)),
//!     _ => None,
//! }).collect();
//! assert_eq!(closes, [0.0, 0.5]);
//! assert_eq!(entry.side, Side::Long);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod add;
mod bar;
mod book;
mod carry;
mod checked;
mod contract;
mod daily_time;
mod decimal;
mod entry;
mod event;
mod history;
mod instrument;
mod known_instruments;
mod made_exit;
mod out_of_range;
mod path;
mod quote;
mod series;
mod side;
mod timestamp;
mod trade;
mod written_instrument;

pub use add::Add;
pub use bar::{Bar, BarError};
pub use book::{BookSnapshot, Level};
pub use carry::{Carry, Dividend, Funding};
pub use contract::Contract;
pub use daily_time::DailyTime;
pub use decimal::Decimal;
pub use entry::{Entry, EntryError};
pub use event::{BarRow, MarketEvent};
pub use history::MarketHistory;
pub use instrument::{Fees, Instrument, InstrumentError, PriceDomain};
pub use known_instruments::{KNOWN_INSTRUMENTS, KnownInstrument};
pub use made_exit::MadeExit;
pub use out_of_range::OutOfRange;
pub use path::PathSinceEntry;
pub use quote::Quote;
pub use series::{BarSeries, Column, SeriesError};
pub use side::{Aggressor, Side};
pub use timestamp::Timestamp;
pub use trade::Trade;
pub use written_instrument::SharedInstrument;
