use crate::FeatureSpec;

/// Feature values at every bar close, shape `(T, F)`, `None` where a feature has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTable {
    names: Vec<String>,
    values: Vec<Option<f64>>,
}

impl FeatureTable {
    /// A table with a column for each of `names` and one row a bar, `values` row by row.
    pub fn new(names: Vec<String>, values: Vec<Option<f64>>) -> Self {
        assert!(
            if names.is_empty() { values.is_empty() } else { values.len().is_multiple_of(names.len()) },
            "Invariant: a table has one value for each bar and feature"
        );
        Self { names, values }
    }

    /// The features' names, in column order: the canonical text of their specs.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of rows T; 0 where there are no features.
    pub fn len(&self) -> usize {
        if self.names.is_empty() { 0 } else { self.values.len() / self.names.len() }
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values at the close of bar `t`, in column order; empty where there are no features.
    pub fn row(&self, t: usize) -> &[Option<f64>] {
        let width = self.names.len();
        &self.values[t * width..(t + 1) * width]
    }

    /// The values of the feature at `position`, oldest first.
    pub fn column(&self, position: usize) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        assert!(position < self.names.len(), "Invariant: a column is read by a position that `position` gave");
        self.values.iter().skip(position).step_by(self.names.len()).copied()
    }

    /// The column in which `spec` stands, if it is there.
    pub fn position(&self, spec: &FeatureSpec) -> Option<usize> {
        let name = spec.to_string();
        self.names.iter().position(|known| *known == name)
    }
}
