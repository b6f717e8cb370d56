//! Numbers that are tuned.

/// Values that a number is tuned over, and where they stand in the text (in characters).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Range {
    pub values: Vec<f64>,
    pub from: usize,
    pub to: usize,
}
