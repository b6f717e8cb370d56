//! The kinds of events that a feature reads.

use std::fmt;

use scaleout_market::MarketEvent;

/// The kinds of events a feature reads; every feature is read at bar closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Trades.
    pub trades: bool,
    /// Best bid and offer.
    pub quotes: bool,
    /// Order-book states.
    pub books: bool,
}

impl Needs {
    /// Bars alone.
    pub const BARS: Self = Self { trades: false, quotes: false, books: false };
    /// Trades.
    pub const TRADES: Self = Self { trades: true, ..Self::BARS };
    /// Best bid and offer.
    pub const QUOTES: Self = Self { quotes: true, ..Self::BARS };
    /// Order-book states.
    pub const BOOKS: Self = Self { books: true, ..Self::BARS };
    /// Trades against the best bid and offer.
    pub const TRADES_AND_QUOTES: Self = Self { trades: true, quotes: true, books: false };

    /// Whether `event` is of a kind that is read.
    pub const fn includes(self, event: &MarketEvent<'_>) -> bool {
        match event {
            MarketEvent::Trade(_) => self.trades,
            MarketEvent::Quote(_) => self.quotes,
            MarketEvent::Book(_) => self.books,
            MarketEvent::Bar(_) => true,
        }
    }

    /// The kinds that either reads.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            trades: self.trades || other.trades,
            quotes: self.quotes || other.quotes,
            books: self.books || other.books,
        }
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [(self.trades, "trades"), (self.quotes, "quotes"), (self.books, "books")];
        let named: Vec<&str> = kinds.iter().filter(|(read, _)| *read).map(|(_, name)| *name).collect();
        f.write_str(&if named.is_empty() { "bars".to_owned() } else { named.join(", ") })
    }
}
