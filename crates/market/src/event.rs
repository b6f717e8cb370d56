//! What the market tells, in the order in which it became known.

use crate::{Bar, BookSnapshot, Quote, Timestamp, Trade};

/// A closed bar with the values of the series' extra columns, in the series' column order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BarRow<'a> {
    /// The bar.
    pub bar: &'a Bar,
    /// One value a column, `None` where there is none.
    pub columns: &'a [Option<f64>],
}

/// Anything the market tells us, in the order in which it became known.
///
/// The trades, quotes and books of a bar come before the bar itself: the bar event closes the bucket, and
/// feature values are read right after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MarketEvent<'a> {
    /// A print.
    Trade(&'a Trade),
    /// A change of the best bid or offer.
    Quote(&'a Quote),
    /// A state of the order book.
    Book(&'a BookSnapshot),
    /// A bar closed.
    Bar(BarRow<'a>),
}

impl MarketEvent<'_> {
    /// When the event became known.
    pub fn ts(&self) -> Timestamp {
        match self {
            Self::Trade(trade) => trade.ts,
            Self::Quote(quote) => quote.ts,
            Self::Book(book) => book.ts,
            Self::Bar(row) => row.bar.ts,
        }
    }
}
