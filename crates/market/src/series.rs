//! Bars in order of time with their extra columns.

use std::collections::HashSet;

use thiserror::Error;

use crate::{Bar, BarRow};

/// A named number beside the bars, known at each bar's close: the feature `column:<name>`.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name as in the file's header.
    pub name: String,
    /// One value a bar; `None` where the file has none.
    pub values: Vec<Option<f64>>,
}

impl Column {
    /// The name of the column that says when the values of `column` were published, in seconds since 1970 UTC.
    pub fn published(column: &str) -> String {
        format!("{column}.published")
    }
}

/// The bars of one instrument in order of time, with their extra columns.
///
/// Private fields hold two invariants: close times never go back, and every column has one value a bar.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BarSeries {
    bars: Vec<Bar>,
    columns: Vec<Column>,
    /// Column values bar by bar (T × columns), so that a row is one slice.
    rows: Vec<Option<f64>>,
}

/// Why a series cannot exist.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SeriesError {
    /// A bar closes before its predecessor.
    #[error("bar {index} closes at {ts}, not after bar {} at {previous}: bars must be in order of time", index - 1)]
    TimeGoesBack {
        /// Index of the offending bar.
        index: usize,
        /// Its close.
        ts: crate::Timestamp,
        /// The close before it.
        previous: crate::Timestamp,
    },
    /// A column's length differs from the number of bars.
    #[error("column `{name}` has {values} values for {bars} bars")]
    ColumnLength {
        /// Name of the column.
        name: String,
        /// Its length.
        values: usize,
        /// The number of bars.
        bars: usize,
    },
    /// Two columns share a name.
    #[error("column `{0}` appears twice")]
    ColumnTwice(String),
}

impl BarSeries {
    /// A series of `bars` whose closes strictly increase, with `columns` of equal length and distinct names.
    ///
    /// # Errors
    /// If one of these does not hold.
    pub fn new(bars: Vec<Bar>, columns: Vec<Column>) -> Result<Self, SeriesError> {
        for index in 1..bars.len() {
            let (previous, ts) = (bars[index - 1].ts, bars[index].ts);
            if ts <= previous {
                return Err(SeriesError::TimeGoesBack { index, ts, previous });
            }
        }
        let mut names = HashSet::with_capacity(columns.len());
        for column in &columns {
            if column.values.len() != bars.len() {
                return Err(SeriesError::ColumnLength {
                    name: column.name.clone(),
                    values: column.values.len(),
                    bars: bars.len(),
                });
            }
            if !names.insert(column.name.as_str()) {
                return Err(SeriesError::ColumnTwice(column.name.clone()));
            }
        }
        let rows = (0..bars.len()).flat_map(|t| columns.iter().map(move |column| column.values[t])).collect();
        Ok(Self { bars, columns, rows })
    }

    /// The bars, oldest first.
    #[inline]
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// The extra columns, in the order of the file.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of the extra columns, in order: what [`BarRow::columns`] is indexed by.
    pub fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The number of bars T.
    pub fn len(&self) -> usize {
        self.bars.len()
    }

    /// Whether there is no bar at all.
    pub fn is_empty(&self) -> bool {
        self.bars.is_empty()
    }

    /// Bar `t` with its column values.
    #[inline]
    pub fn row(&self, t: usize) -> BarRow<'_> {
        let width = self.columns.len();
        BarRow { bar: &self.bars[t], columns: &self.rows[t * width..(t + 1) * width] }
    }
}
