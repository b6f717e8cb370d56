//! Rows that no tree can tell apart, taken together.
//!
//! Under squared loss a tree sees of the rows with equal bins only their total weight and their mean target. Where few
//! features vary there are many such rows, and growing on the groups is the same at a fraction of the cost.

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::ParallelSliceMut,
};

use crate::learners::trees::bins::BinnedRows;

/// Which group each row belongs to.
#[derive(Debug, Clone)]
pub(crate) struct FeatureCells {
    /// One row of each group.
    pub first_rows: Vec<u32>,
    /// Group of each row.
    pub of_row: Vec<u32>,
}

impl FeatureCells {
    /// The groups of `rows`; `None` where they would hardly be fewer than the rows.
    pub(crate) fn of(rows: &BinnedRows) -> Option<Self> {
        let combinations = rows
            .columns
            .iter()
            .try_fold(1_u64, |product, column| product.checked_mul(column.missing_bin() as u64 + 1))?;
        // Rows spread over more combinations than this rarely meet, and finding that out takes a sort.
        if (rows.rows() as u64).saturating_mul(64) < combinations {
            return None;
        }
        let mut keys = vec![0_u64; rows.rows()];
        for column in &rows.columns {
            let bins = column.missing_bin() as u64 + 1;
            for (key, &bin) in keys.iter_mut().zip(&column.bins) {
                *key = *key * bins + u64::from(bin);
            }
        }
        let mut keyed: Vec<(u64, u32)> = keys.into_iter().zip(0..).collect();
        keyed.par_sort_unstable();
        let mut first_rows = Vec::new();
        let mut of_row = vec![0; keyed.len()];
        for (number, group) in keyed.chunk_by(|a, b| a.0 == b.0).enumerate() {
            first_rows.push(group[0].1);
            for &(_, row) in group {
                of_row[row as usize] = number as u32;
            }
        }
        (first_rows.len() * 3 < of_row.len() * 2).then_some(Self { first_rows, of_row })
    }

    /// For each row the numbers of its group; `values` has `width` of them for each group.
    pub(crate) fn spread(&self, values: &[f64], width: usize) -> Vec<f64> {
        let mut spread = vec![0.0; self.of_row.len() * width];
        spread.par_chunks_exact_mut(width).zip(&self.of_row).with_min_len(1024).for_each(|(row, &group)| {
            row.copy_from_slice(&values[group as usize * width..][..width]);
        });
        spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_equal_bins_meet() {
        let features: Vec<f32> = [[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [1.0, f32::NAN], [3.0, 4.0], [1.0, 2.0]].concat();
        let cells = FeatureCells::of(&BinnedRows::new(&features, 2, 64)).unwrap();
        assert_eq!(cells.of_row[0], cells.of_row[2]);
        assert_ne!(cells.of_row[0], cells.of_row[1]);
        assert_eq!(cells.first_rows.len(), 3);
        let distinct: Vec<f32> = (0..100).map(|value| value as f32).collect();
        assert!(FeatureCells::of(&BinnedRows::new(&distinct, 1, 254)).is_none());
    }
}
