use std::ops::Range;

use crate::FeatureSpec;

/// Feature values at every bar close, shape `(T, F)`, `None` where a feature has no value.
///
/// A table may keep some of its rows only ([`FeatureTable::keep`]); rows go by their bar all the same.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTable {
    names: Vec<String>,
    /// The kept rows, one after another.
    values: Vec<Option<f64>>,
    /// Rows T of the whole table.
    len: usize,
    /// The kept rows as runs of bars, in order of time.
    runs: Vec<Run>,
}

/// Consecutive bars whose rows are kept.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    bars: Range<usize>,
    /// Rows kept before the first of them.
    rows_before: usize,
}

impl FeatureTable {
    /// A table with a column for each of `names` and one row a bar, `values` row by row.
    pub fn new(names: Vec<String>, values: Vec<Option<f64>>) -> Self {
        assert!(
            if names.is_empty() { values.is_empty() } else { values.len().is_multiple_of(names.len()) },
            "Invariant: a table has one value for each bar and feature"
        );
        let len = if names.is_empty() { 0 } else { values.len() / names.len() };
        Self { names, values, len, runs: vec![Run { bars: 0..len, rows_before: 0 }] }
    }

    /// The same table without the rows outside `seen`, ranges of bars in any order that may overlap and may reach beyond
    /// the last bar. Nothing is dropped if they are more than half of the table.
    ///
    /// ```
    /// # use scaleout_features::FeatureTable;
    /// let table = FeatureTable::new(vec!["atr".into()], (0..8).map(|t| Some(f64::from(t))).collect());
    /// let kept = table.keep(vec![5..7, 4..6]);
    /// assert_eq!((kept.len(), kept.row(6), kept.is_whole()), (8, &[Some(6.0)][..], false));
    /// ```
    pub fn keep(self, mut seen: Vec<Range<usize>>) -> Self {
        seen.sort_by_key(|bars| bars.start);
        let mut runs: Vec<Run> = Vec::new();
        let mut rows = 0;
        for bars in seen {
            let reached = runs.last().map_or(0, |run| run.bars.end);
            let new = bars.start.max(reached)..bars.end.min(self.len);
            if new.is_empty() {
                continue;
            }
            match runs.last_mut().filter(|run| run.bars.end == new.start) {
                Some(run) => run.bars.end = new.end,
                None => runs.push(Run { bars: new.clone(), rows_before: rows }),
            }
            rows += new.len();
        }
        if self.len < 2 * rows || !self.is_whole() {
            return self;
        }
        let width = self.names.len();
        let mut values = Vec::with_capacity(rows * width);
        for Run { bars, .. } in &runs {
            values.extend_from_slice(&self.values[bars.start * width..bars.end * width]);
        }
        Self { values, runs, ..self }
    }

    /// Whether every row is kept.
    pub fn is_whole(&self) -> bool {
        self.values.len() == self.len * self.names.len()
    }

    /// The features' names, in column order: the canonical text of their specs.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of rows T, kept or not; 0 where there are no features.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The values at the close of bar `t`, in column order; empty where there are no features.
    pub fn row(&self, t: usize) -> &[Option<f64>] {
        let width = self.names.len();
        if width == 0 {
            return &[];
        }
        let run = match self.runs.as_slice() {
            [run] => Some(run),
            runs => runs.get(runs.partition_point(|run| run.bars.end <= t)),
        };
        let run = run.filter(|run| run.bars.contains(&t));
        let run = run.unwrap_or_else(|| panic!("Invariant: row {t} is one of those that were kept"));
        let row = run.rows_before + t - run.bars.start;
        &self.values[row * width..(row + 1) * width]
    }

    /// The values of the feature at `position` in a whole table, oldest first.
    pub fn column(&self, position: usize) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        assert!(position < self.names.len(), "Invariant: a column is read by a position that `position` gave");
        assert!(self.is_whole(), "Invariant: a column is read of a whole table");
        self.values.iter().skip(position).step_by(self.names.len()).copied()
    }

    /// The column in which `spec` stands, if it is there.
    pub fn position(&self, spec: &FeatureSpec) -> Option<usize> {
        let name = spec.to_string();
        self.names.iter().position(|known| *known == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_rows_are_those_of_the_whole_table() {
        let names = vec!["a".to_owned(), "b".to_owned()];
        let values = (0..40).map(|place| (place % 7 != 0).then_some(f64::from(place))).collect();
        let whole = FeatureTable::new(names, values);
        let kept = whole.clone().keep(vec![11..13, 2..4, 3..5, 12..12, 18..30]);
        assert!(!kept.is_whole());
        assert_eq!((kept.len(), kept.names()), (20, whole.names()));
        for t in [2, 3, 4, 11, 12, 18, 19] {
            assert_eq!(kept.row(t), whole.row(t), "bar {t}");
        }
        let mostly = whole.clone().keep(vec![0..8, 8..11]);
        assert_eq!(mostly, whole, "half a table is not worth a copy");
        let none = FeatureTable::new(Vec::new(), Vec::new()).keep(Vec::new());
        assert!(none.is_whole() && none.is_empty());
    }

    #[test]
    #[should_panic(expected = "row 5 is one of those that were kept")]
    fn a_row_that_was_dropped_is_never_read() {
        let whole = FeatureTable::new(vec!["a".to_owned()], vec![None; 20]);
        whole.keep(vec![2..4, 9..11]).row(5);
    }
}
