//! Features in bins: what trees are grown on.

use rayon::{
    iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator},
    slice::ParallelSliceMut,
};

/// Features as small integers, both column by column and row by row, with the cuts between the integers. Features
/// that do not vary are left out.
#[derive(Debug, Clone)]
pub(crate) struct BinnedRows {
    pub columns: Vec<BinnedColumn>,
    /// (N, columns): the bins of a row lie in one piece, for histograms.
    pub by_row: Vec<u8>,
}

/// One feature: a value below `cuts[0]` has bin 0, one at or above the last cut the bin `cuts.len()`, a missing one
/// the bin after that.
#[derive(Debug, Clone)]
pub(crate) struct BinnedColumn {
    /// Place of the feature in a row.
    pub feature: usize,
    pub cuts: Vec<f32>,
    pub bins: Vec<u8>,
}

impl BinnedColumn {
    /// The bin of missing values.
    pub(crate) fn missing_bin(&self) -> usize {
        self.cuts.len() + 1
    }
}

impl BinnedRows {
    /// Cuts of `features` (N × `width`) at quantiles, halfway between neighbouring values, at most `most_bins` bins
    /// (2 to 254).
    pub(crate) fn new(features: &[f32], width: usize, most_bins: usize) -> Self {
        let columns: Vec<BinnedColumn> =
            (0..width).into_par_iter().map(|feature| column(features, width, feature, most_bins)).collect();
        Self::of_columns(columns.into_iter().filter(|column| !column.cuts.is_empty()).collect())
    }

    /// Rows of columns that all have the same length.
    pub(crate) fn of_columns(columns: Vec<BinnedColumn>) -> Self {
        const ROWS: usize = 4096;
        let width = columns.len();
        let rows = columns.first().map_or(0, |column| column.bins.len());
        let mut by_row = vec![0; rows * width];
        by_row.par_chunks_mut((ROWS * width).max(1)).enumerate().for_each(|(chunk, by_row)| {
            for (place, column) in columns.iter().enumerate() {
                let bins = &column.bins[chunk * ROWS..];
                for (row, bin) in by_row.chunks_exact_mut(width).zip(bins) {
                    row[place] = *bin;
                }
            }
        });
        Self { columns, by_row }
    }

    /// N.
    pub(crate) fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.bins.len())
    }

    /// The same columns with only the rows at `places`.
    pub(crate) fn picked(&self, places: &[u32]) -> Self {
        let pick = |column: &BinnedColumn| BinnedColumn {
            feature: column.feature,
            cuts: column.cuts.clone(),
            bins: places.iter().map(|&row| column.bins[row as usize]).collect(),
        };
        Self::of_columns(self.columns.par_iter().map(pick).collect())
    }

    /// Bins of the column that has most, the missing one included.
    pub(crate) fn most_bins(&self) -> usize {
        self.columns.iter().map(|column| column.missing_bin() + 1).max().unwrap_or(0)
    }
}

fn column(features: &[f32], width: usize, feature: usize, most_bins: usize) -> BinnedColumn {
    let values: Vec<f32> = features.iter().skip(feature).step_by(width).copied().collect();
    let mut sorted: Vec<f32> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let cuts = cuts(&sorted, most_bins);
    let missing = (cuts.len() + 1) as u8;
    let bin = |value: &f32| {
        if value.is_nan() { missing } else { cuts.partition_point(|cut| cut <= value) as u8 }
    };
    BinnedColumn { feature, bins: values.iter().map(bin).collect(), cuts }
}

/// Cuts between distinct neighbours of `sorted`: between all of them where they are few, else at quantiles.
fn cuts(sorted: &[f32], most_bins: usize) -> Vec<f32> {
    let starts: Vec<usize> =
        (1..sorted.len()).filter(|&place| sorted[place - 1] < sorted[place]).take(most_bins).collect();
    let mut cuts = Vec::new();
    if starts.len() < most_bins {
        starts.iter().for_each(|&start| add_cut(&mut cuts, sorted, start));
        return cuts;
    }
    for cut in 1..most_bins {
        let at = sorted[cut * sorted.len() / most_bins];
        add_cut(&mut cuts, sorted, sorted.partition_point(|value| *value < at));
    }
    cuts
}

/// Adds the cut between the values before and from `place` on.
fn add_cut(cuts: &mut Vec<f32>, sorted: &[f32], place: usize) {
    if 0 < place && place < sorted.len() {
        let (below, above) = (sorted[place - 1], sorted[place]);
        let middle = below + (above - below) * 0.5;
        let cut = if below < middle && middle <= above { middle } else { above };
        if cuts.last().is_none_or(|last| *last < cut) {
            cuts.push(cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_get_a_bin_each() {
        assert_eq!(cuts(&[1.0, 1.0, 2.0, 2.0, 2.0, 4.0], 64), vec![1.5, 3.0]);
        assert!(cuts(&[5.0; 10], 64).is_empty());
        assert!(cuts(&[], 64).is_empty());
    }

    #[test]
    fn many_values_share_bins_of_like_count() {
        let sorted: Vec<f32> = (0..1_000).map(|value| value as f32).collect();
        let cuts = cuts(&sorted, 10);
        assert_eq!(cuts, (1..10).map(|cut| cut as f32 * 100.0 - 0.5).collect::<Vec<_>>());
    }

    #[test]
    fn what_does_not_vary_is_left_out() {
        let binned = BinnedRows::new(&[1.0, 7.0, f32::NAN, 2.0, 7.0, f32::NAN, f32::NAN, 7.0, f32::NAN], 3, 64);
        assert_eq!((binned.columns.len(), binned.columns[0].feature), (1, 0));
        assert_eq!(binned.by_row, [0, 1, 2]);
    }
}
