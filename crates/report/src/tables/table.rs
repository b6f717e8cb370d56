//! What a table of a result is.

use std::io::Write;

use crate::{ReportError, RunResult};

/// A table of a result.
pub struct Table {
    /// Name of its file.
    pub file: &'static str,
    /// What it holds, in a few words.
    pub about: &'static str,
    /// Whether it is made of a result.
    pub(crate) is_made: fn(&RunResult) -> bool,
    /// Writes it.
    pub(super) rows: fn(&RunResult, &mut dyn Write) -> Result<(), ReportError>,
}

impl Table {
    /// Writes the table of `result` into `sink`.
    ///
    /// # Errors
    /// If the sink refuses bytes.
    pub fn write(&self, result: &RunResult, sink: &mut dyn Write) -> Result<(), ReportError> {
        (self.rows)(result, sink)
    }
}

/// The number in twelve digits, without a negative zero.
pub(super) fn figure(value: f64) -> String {
    let rounded: f64 = format!("{value:.11e}").parse().expect("Invariant: that is how numbers are written");
    (rounded + 0.0).to_string()
}
