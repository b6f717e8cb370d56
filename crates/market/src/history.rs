//! The bars of one instrument and the ticks between their closes.

use crate::{Bar, BarSeries, BookSnapshot, MarketEvent, Quote, Trade};

/// The bars of one instrument and the ticks between their closes, in order of time.
///
/// `*_ends[t]` is the number of ticks of that kind known when bar `t` closes, so replaying never has to guess
/// on which side of a close a tick with an equal time belongs. Kinds without data are empty with empty ends.
/// Finer bars are no events: they serve the exits alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MarketHistory {
    /// The bars with their columns.
    pub series: BarSeries,
    /// The tape.
    pub trades: Vec<Trade>,
    /// Trades known at each close.
    pub trade_ends: Vec<usize>,
    /// Best bid and offer changes.
    pub quotes: Vec<Quote>,
    /// Quotes known at each close.
    pub quote_ends: Vec<usize>,
    /// Order-book states.
    pub books: Vec<BookSnapshot>,
    /// Books known at each close.
    pub book_ends: Vec<usize>,
    /// Finer bars of the same instrument (minutes under hours), which tell what came first inside a bar.
    pub finer: Vec<Bar>,
    /// Finer bars known at each close.
    pub finer_ends: Vec<usize>,
}

impl MarketHistory {
    /// A history of bars alone.
    pub fn from_series(series: BarSeries) -> Self {
        Self { series, ..Self::default() }
    }

    /// The trades of bar `t`: those after the close before it and up to its own.
    pub fn trades_in(&self, t: usize) -> &[Trade] {
        slice_of(&self.trades, &self.trade_ends, t)
    }

    /// The finer bars of bar `t`: those that closed after the close before it and up to its own.
    pub fn finer_in(&self, t: usize) -> &[Bar] {
        slice_of(&self.finer, &self.finer_ends, t)
    }

    /// Every event in the order in which it became known; each bar comes after its ticks. Ticks of different
    /// kinds inside one bar are merged by time, at equal times quotes and books before trades.
    pub fn events(&self) -> impl Iterator<Item = MarketEvent<'_>> {
        (0..self.series.len()).flat_map(|t| self.events_of(t))
    }

    /// The events of bar `t`, the bar itself last.
    pub fn events_of(&self, t: usize) -> Vec<MarketEvent<'_>> {
        let mut events = Vec::new();
        self.append_events_of(t, &mut events);
        events
    }

    /// Appends the events of bar `t` to `events`, the bar itself last; what `events` held already stays in front.
    pub fn append_events_of<'a>(&'a self, t: usize, events: &mut Vec<MarketEvent<'a>>) {
        let trades = slice_of(&self.trades, &self.trade_ends, t);
        let quotes = slice_of(&self.quotes, &self.quote_ends, t);
        let books = slice_of(&self.books, &self.book_ends, t);
        let start = events.len();
        events.reserve(trades.len() + quotes.len() + books.len() + 1);
        events.extend(quotes.iter().map(MarketEvent::Quote));
        events.extend(books.iter().map(MarketEvent::Book));
        events.extend(trades.iter().map(MarketEvent::Trade));
        if !(quotes.is_empty() && books.is_empty()) {
            events[start..].sort_by_key(MarketEvent::ts);
        }
        events.push(MarketEvent::Bar(self.series.row(t)));
    }
}

fn slice_of<'a, T>(ticks: &'a [T], ends: &[usize], t: usize) -> &'a [T] {
    if ends.is_empty() {
        return &[];
    }
    let start = if t == 0 { 0 } else { ends[t - 1] };
    &ticks[start..ends[t]]
}
