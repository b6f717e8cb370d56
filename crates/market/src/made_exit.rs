//! An exit that was really made.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A part of a position that was really sold, at the price and time of its fill.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeExit {
    /// When it filled.
    pub ts: Timestamp,
    /// At which price.
    pub price: f64,
    /// Quantity in the instrument's units, above 0.
    pub qty: f64,
}
