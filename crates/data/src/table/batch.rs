//! Rows as typed columns.

use scaleout_market::Aggressor;

use super::layout::Resolved;
use crate::error::DataError;
use crate::time::Stamp;

/// Some thousand consecutive rows of a file.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The number of each row, as an editor shows it.
    pub(crate) rows: Vec<u64>,
    pub(crate) stamps: Vec<Stamp>,
    /// The wanted numbers, column by column in the layout's order; an absent optional column is empty.
    pub(crate) numbers: Vec<Vec<Option<f64>>>,
    /// Who crossed the spread, if the layout asks and the file says; else empty.
    pub(crate) sides: Vec<Option<Aggressor>>,
    /// Whose row it is, if the layout asks; empty text where the file does not say.
    pub(crate) symbols: Vec<Box<str>>,
    /// The extra columns.
    pub(crate) further: Vec<Vec<Option<f64>>>,
    /// Rows that could not be parsed, in order.
    pub(crate) refused: Vec<DataError>,
}

impl Batch {
    pub(super) fn shaped(resolved: &Resolved) -> Self {
        Self {
            numbers: vec![Vec::new(); resolved.numbers.len()],
            further: vec![Vec::new(); resolved.further.len()],
            ..Self::default()
        }
    }

    /// Keeps the rows at these positions.
    pub(super) fn keep(&mut self, wanted: impl Fn(usize) -> bool) {
        fn keep<T>(values: &mut Vec<T>, wanted: &impl Fn(usize) -> bool) {
            let mut position = 0;
            values.retain(|_| {
                position += 1;
                wanted(position - 1)
            });
        }
        keep(&mut self.rows, &wanted);
        keep(&mut self.stamps, &wanted);
        keep(&mut self.sides, &wanted);
        keep(&mut self.symbols, &wanted);
        self.numbers.iter_mut().chain(&mut self.further).for_each(|column| keep(column, &wanted));
    }

    /// One number of one row.
    pub(crate) fn number(&self, column: usize, row: usize) -> Option<f64> {
        self.numbers[column].get(row).copied().flatten()
    }
}
