use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::data::Sample;

/// Features as small integers: column by column, with the cuts between the integers.
#[derive(Debug, Clone)]
pub(crate) struct BinnedRows {
    pub rows: usize,
    pub columns: Vec<BinnedColumn>,
}

/// One feature: a value below `cuts[0]` has bin 0, one at or above the last cut the bin `cuts.len()`, a missing one
/// the bin after that.
#[derive(Debug, Clone)]
pub(crate) struct BinnedColumn {
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
    /// Cuts at quantiles of each feature, halfway between neighbouring values, at most `most_bins` bins (2 to 254).
    pub(crate) fn new(sample: &Sample, most_bins: usize) -> Self {
        let columns = (0..sample.width).into_par_iter().map(|feature| column(sample, feature, most_bins)).collect();
        Self { rows: sample.rows(), columns }
    }
}

fn column(sample: &Sample, feature: usize, most_bins: usize) -> BinnedColumn {
    let values = || sample.features.iter().skip(feature).step_by(sample.width).copied();
    let mut sorted: Vec<f32> = values().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let cuts = cuts(&sorted, most_bins);
    let missing = (cuts.len() + 1) as u8;
    let bin = |value: f32| {
        if value.is_nan() { missing } else { cuts.partition_point(|cut| *cut <= value) as u8 }
    };
    let bins = values().map(bin).collect();
    BinnedColumn { bins, cuts }
}

/// Cuts between distinct neighbours of `sorted`: between all of them where they are few, else at quantiles.
fn cuts(sorted: &[f32], most_bins: usize) -> Vec<f32> {
    let starts: Vec<usize> = (1..sorted.len()).filter(|&place| sorted[place - 1] < sorted[place]).collect();
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
}
