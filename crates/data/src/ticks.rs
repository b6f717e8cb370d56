//! Events between bars, as a source gives them.

use scaleout_market::{Bar, BookSnapshot, Quote, Trade};

use crate::bad_rows::SkippedRows;

// What a user is told of memory (`docs/formats.md`).
const _: () = assert!(size_of::<Trade>() == 32 && size_of::<Quote>() == 40);

/// The events of a market between bars, each kind in order of time, and what was counted while reading them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Ticks {
    pub(crate) trades: Vec<Trade>,
    pub(crate) quotes: Vec<Quote>,
    pub(crate) books: Vec<BookSnapshot>,
    /// Whether the source says who crossed the spread.
    pub(crate) has_sides: bool,
    pub(crate) skipped: SkippedRows,
    /// Rows that the vendor marked as suspicious; left out.
    pub(crate) suspicious: u64,
    /// Rows of quotes while one side was not known; left out.
    pub(crate) one_sided_quotes: u64,
    /// Trades outside the wanted hours; left out.
    pub(crate) outside_session: u64,
    /// Messages of the order book whose changes it had already; left out.
    pub(crate) repeated_messages: u64,
}

/// For each bar the number of ticks known at its close.
pub(crate) fn ends_at<T>(bars: &[Bar], ticks: &[T], ts: impl Fn(&T) -> scaleout_market::Timestamp) -> Vec<usize> {
    if ticks.is_empty() {
        return Vec::new();
    }
    bars.iter().map(|bar| ticks.partition_point(|tick| ts(tick) <= bar.ts)).collect()
}
