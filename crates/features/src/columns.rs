use crate::{FeatureSpec, FeatureTable};

/// Feature values column by column: F columns of T values each, eight bytes a value.
///
/// Private storage keeps a missing value as NaN, which no feature ever returns; outside it is `None`.
#[derive(Debug, Clone)]
pub struct FeatureColumns {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl FeatureColumns {
    pub(crate) fn new(names: Vec<String>, columns: Vec<Vec<f64>>) -> Self {
        Self { names, columns }
    }

    /// The features' names, in column order: the canonical text of their specs.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of rows T; 0 where there are no features.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of the feature at `position`, oldest first.
    pub fn column(&self, position: usize) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        self.columns[position].iter().map(|&value| defined(value))
    }

    /// The column in which `spec` stands, if it is there.
    pub fn position(&self, spec: &FeatureSpec) -> Option<usize> {
        let name = spec.to_string();
        self.names.iter().position(|known| *known == name)
    }

    /// The same values row by row.
    pub fn into_table(self) -> FeatureTable {
        let mut values = vec![None; self.len() * self.columns.len()];
        for (rows, first) in values.chunks_mut(BLOCK * self.columns.len().max(1)).zip((0..).step_by(BLOCK)) {
            for (place, column) in self.columns.iter().enumerate() {
                let cells = rows.iter_mut().skip(place).step_by(self.columns.len());
                cells.zip(&column[first..]).for_each(|(cell, &value)| *cell = defined(value));
            }
        }
        FeatureTable::new(self.names, values)
    }
}

/// Rows turned at a time: few enough that they stay in the cache while column after column is written.
const BLOCK: usize = 256;

fn defined(value: f64) -> Option<f64> {
    if value.is_nan() { None } else { Some(value) }
}
