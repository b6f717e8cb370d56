//! States of an order book.

use crate::Timestamp;

/// One price level of an order book.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Price of the level.
    pub price: f64,
    /// Quantity resting there.
    pub qty: f64,
}

/// The resting orders at one moment, best level first on each side.
#[derive(Debug, Clone, PartialEq)]
pub struct BookSnapshot {
    /// When this state became known.
    pub ts: Timestamp,
    /// Bids, highest price first.
    pub bids: Vec<Level>,
    /// Asks, lowest price first.
    pub asks: Vec<Level>,
}
