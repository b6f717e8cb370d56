//! What was noticed while a market was read.

use serde::Serialize;

use crate::bad_rows::SkippedRows;
use crate::formats::{Detected, Fact};
use crate::length::Length;
use crate::sides::{QuotePlaces, SideRule};

/// What was noticed while reading: nothing is left out without being counted here.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct LoadReport {
    /// Bars in the history.
    pub bars: usize,
    /// Trades read.
    pub trades: usize,
    /// Trades after the last complete bar; they are not in the history.
    pub trades_after_last_bar: usize,
    /// Finer bars in the history.
    pub finer_bars: usize,
    /// Quotes read.
    pub quotes: usize,
    /// Order-book states read.
    pub books: usize,
    /// Rows left out because the vendor marked them as suspicious.
    pub suspicious: u64,
    /// Quotes and books left out because one side was not known.
    pub one_sided_quotes: u64,
    /// Trades left out because they were made outside the wanted hours.
    pub outside_session: u64,
    /// Messages of the order book left out because the book had their changes already.
    pub repeated_messages: u64,
    /// Where the trades lay in the quotes before them, if that told the sides.
    pub quote_places: Option<QuotePlaces>,
    /// Rows left out because they could not be used.
    pub skipped: SkippedRows,
    /// Columns left out because they hold no numbers.
    pub ignored_columns: Vec<String>,
    /// The rule that told who crossed the spread.
    pub sides: Option<SideRule>,
    /// What was told of files that are exports of other programs.
    pub detected: Vec<Detected>,
    /// Which end of a bar its time names in the user's own bars, and how that is known.
    pub bar_time: Option<Fact>,
    /// The nominal length of a bar, as declared or found.
    pub bar_length: Option<Length>,
}
