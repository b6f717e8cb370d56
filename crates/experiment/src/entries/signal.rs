//! A reason to enter.

use scaleout_market::Side;

/// A reason to enter, seen at the close of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// Index of the bar whose close gave it.
    pub t: usize,
    /// Direction.
    pub side: Side,
}
