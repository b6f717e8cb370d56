//! Best bids and offers.

use crate::Timestamp;

/// The best bid and offer from this moment on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quote {
    /// When the quote became known.
    pub ts: Timestamp,
    /// Best bid price.
    pub bid: f64,
    /// Quantity at the best bid.
    pub bid_qty: f64,
    /// Best ask price.
    pub ask: f64,
    /// Quantity at the best ask.
    pub ask_qty: f64,
}

impl Quote {
    /// The middle between bid and ask.
    pub fn mid(&self) -> f64 {
        0.5 * (self.bid + self.ask)
    }

    /// Ask minus bid.
    pub fn spread(&self) -> f64 {
        self.ask - self.bid
    }
}
