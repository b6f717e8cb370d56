//! Prints on the tape.

use crate::{Aggressor, Timestamp};

/// One print on the tape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trade {
    /// When the trade became known.
    pub ts: Timestamp,
    /// Price per unit, in the instrument's currency.
    pub price: f64,
    /// Quantity, in the instrument's units (contracts, shares, coins); above 0.
    pub qty: f64,
    /// Who crossed the spread; `None` where neither the file nor a rule can tell.
    pub aggressor: Option<Aggressor>,
}
