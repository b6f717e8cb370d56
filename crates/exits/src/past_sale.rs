//! Sales that were made before the replay.

use scaleout_market::Timestamp;

use crate::Fraction;

/// A sale that was really made, in the bars of the replay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastSale {
    /// Bars after the bar of the fill of the entry.
    pub step: usize,
    /// When it filled.
    pub ts: Timestamp,
    /// At which price.
    pub price: f64,
    /// Part of the initial size.
    pub fraction: Fraction,
}
