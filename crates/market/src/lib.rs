//! The words that every other room speaks: time, bars, trades, quotes, books, instruments, entries.
//!
//! Nothing here reads a file, looks at a clock or draws a random number. A value that exists is valid:
//! constructors refuse what the words forbid, so later rooms need not check again.
#![cfg_attr(test, allow(clippy::unwrap_used))]

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
mod out_of_range;
mod path;
mod quote;
mod series;
mod side;
mod timestamp;
mod trade;

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
pub use out_of_range::OutOfRange;
pub use path::PathSinceEntry;
pub use quote::Quote;
pub use series::{BarSeries, Column, SeriesError};
pub use side::{Aggressor, Side};
pub use timestamp::Timestamp;
pub use trade::Trade;
