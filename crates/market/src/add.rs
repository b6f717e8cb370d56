//! A later entry into the same position.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A part of a planned position that is bought (sold, of a short) after the first fill.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// When it fills.
    pub ts: Timestamp,
    /// At which price.
    pub price: f64,
    /// Quantity in the instrument's units, above 0.
    pub qty: f64,
}
