//! Gradient-boosted trees over all bars at once.
//!
//! Our own and not a library's, because one tree can serve all K fractions: 120,000 rows of seven features and four
//! fractions, 100 trees of 16 leaves, take 2.6 times as long in forust at the same skill, and the rows of a fit are
//! binned once for all rounds.

use std::{num::NonZeroUsize, ops::Range, sync::Arc};

use rayon::{
    iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator},
    slice::ParallelSliceMut,
};
use scaleout_model::{Regressor, Tree, TreeRegressor, add_steps, scale_steps};

use crate::{
    error::TrainingError,
    learners::{
        learner::{FitOutcome, Fitting, Learner},
        moments::means_and_deviations,
        trees::{
            config::TreesConfig,
            grow::{Bounds, grow},
            histogram::{BinSums, ResidualRow},
            nodes::widened,
            tree_rows::TreeRows,
        },
    },
    rows::sample::RowSample,
};

/// Most numbers that share a tree: beyond that, histograms outgrow the cache.
pub(super) const MOST_TOGETHER: usize = 16;

/// Rows up to which leaves hold the whole of the share they are given.
const ROWS_OF_FULL_SHARES: f64 = 100_000.0;

/// Boosted trees fitted to any table: `targets` (N × `outputs`) on `features` (N × `width`, missing is NaN), each
/// row with its weight. The same on any number of threads.
///
/// # Errors
/// A setting out of range, or features of which none varies.
pub fn fit_trees(
    config: &TreesConfig,
    features: &[f32],
    width: usize,
    targets: &[f64],
    outputs: usize,
    weights: &[f64],
) -> Result<TreeRegressor, TrainingError> {
    Ok(TreesFitting::of_table(config.clone(), features, width, weights.to_vec())?.regressor(targets, outputs).0)
}

/// Trees waiting for targets: the rows are binned once for all rounds.
#[derive(Debug)]
pub(crate) struct TreesFitting {
    pub(super) config: TreesConfig,
    pub(super) weights: Vec<f64>,
    pub(super) rows: Arc<TreeRows>,
}

impl TreesFitting {
    pub(crate) fn new(config: TreesConfig, sample: &RowSample, weights: Vec<f64>) -> Result<Self, TrainingError> {
        config.check()?;
        match sample.tree_rows.with_bins(config.bins) {
            Some(rows) => Self::of_rows(config, rows, sample.width, weights),
            None => Self::of_table(config, &sample.features, sample.width, weights),
        }
    }

    pub(super) fn of_table(
        config: TreesConfig,
        features: &[f32],
        width: usize,
        weights: Vec<f64>,
    ) -> Result<Self, TrainingError> {
        config.check()?;
        let rows = Arc::new(TreeRows::new(features, width, config.bins));
        Self::of_rows(config, rows, width, weights)
    }

    fn of_rows(
        config: TreesConfig,
        rows: Arc<TreeRows>,
        width: usize,
        weights: Vec<f64>,
    ) -> Result<Self, TrainingError> {
        if rows.binned.columns.is_empty() {
            return Err(TrainingError::NothingVaries { features: width });
        }
        Ok(Self { config, weights, rows })
    }

    /// The trees of `targets` (N × `outputs`), and what they say of the rows (N × `outputs`).
    fn regressor(&self, targets: &[f64], outputs: usize) -> (TreeRegressor, Vec<f64>) {
        let (base, scale) = means_and_deviations(targets, outputs, &self.weights);
        let mut trees = Vec::new();
        let mut fitted = vec![0.0; self.rows.binned.rows() * outputs];
        for first in (0..outputs).step_by(MOST_TOGETHER) {
            let group = first..outputs.min(first + MOST_TOGETHER);
            let standardised = Standardised { targets, outputs, group: group.clone(), base: &base, scale: &scale };
            let grown = match group.len() {
                1 => self.boost::<1>(&standardised, &mut fitted),
                2 => self.boost::<2>(&standardised, &mut fitted),
                3..=4 => self.boost::<4>(&standardised, &mut fitted),
                5..=8 => self.boost::<8>(&standardised, &mut fitted),
                _ => self.boost::<MOST_TOGETHER>(&standardised, &mut fitted),
            };
            trees.extend(grown.into_iter().map(|tree| widened(tree, group.clone(), outputs)));
        }
        for row in fitted.chunks_exact_mut(outputs) {
            scale_steps(row, &base, &scale);
        }
        let fitted = match &self.rows.cells {
            Some(cells) => cells.spread(&fitted, outputs),
            None => fitted,
        };
        (TreeRegressor { base, scale, trees }, fitted)
    }

    /// Boosts with leaves of M numbers: those of the group and zeros after them. The steps of the trees are added up in
    /// `fitted` (binned rows × outputs).
    fn boost<const M: usize>(&self, targets: &Standardised<'_>, fitted: &mut [f64]) -> Vec<Tree> {
        match self.rows.binned.most_bins() {
            ..=64 => self.boost_binned::<M, 64>(targets, fitted),
            65..=128 => self.boost_binned::<M, 128>(targets, fitted),
            _ => self.boost_binned::<M, 256>(targets, fitted),
        }
    }

    fn boost_binned<const M: usize, const B: usize>(
        &self,
        targets: &Standardised<'_>,
        fitted: &mut [f64],
    ) -> Vec<Tree> {
        let mut rows = self.residual_rows::<M>(targets);
        let width = targets.group.len();
        let bounds = self.bounds();
        (0..self.config.trees)
            .map(|_| {
                let (mut tree, leaf_of_row) = grow::<M, B>(&self.rows.binned, &mut rows, bounds);
                tree.steps = tree.steps.chunks_exact(M).flat_map(|steps| steps[..width].to_vec()).collect();
                let each_row = fitted.par_chunks_exact_mut(targets.outputs).zip(&leaf_of_row).with_min_len(1024);
                each_row.for_each(|(fitted, &leaf)| {
                    add_steps(&mut fitted[targets.group.clone()], &tree.steps[leaf as usize * width..][..width]);
                });
                tree
            })
            .collect()
    }

    pub(super) fn bounds(&self) -> Bounds {
        // The noise of a leaf falls with its rows, its coarseness with their share: both fall where rows are many.
        let finer = (ROWS_OF_FULL_SHARES / self.weights.len() as f64).sqrt().min(1.0);
        let total = finer * self.weights.iter().sum::<f64>();
        Bounds {
            leaves: self.config.leaves.get(),
            depth: self.config.depth.map_or(usize::MAX, NonZeroUsize::get),
            // Never nothing: differences of sums leave empty sides a little weight.
            min_leaf_weight: total * self.config.min_leaf_share.max(1e-7),
            l2: total * self.config.l2_share,
            learning_rate: self.config.learning_rate,
        }
    }

    /// What each row, or each cell of rows, brings to begin with.
    fn residual_rows<const M: usize>(&self, targets: &Standardised<'_>) -> Vec<ResidualRow<M>> {
        let Some(cells) = &self.rows.cells else {
            return self.weights.par_iter().enumerate().map(|(row, &weight)| targets.row(row, weight)).collect();
        };
        let mut sums = vec![BinSums::<M>::ZERO; self.rows.binned.rows()];
        for ((row, &weight), &cell) in self.weights.iter().enumerate().zip(&cells.of_row) {
            let sums = &mut sums[cell as usize];
            sums.weight += weight;
            for (place, sum) in sums.residual.iter_mut().enumerate().take(targets.group.len()) {
                *sum += weight * targets.value(row, place);
            }
        }
        sums.iter()
            .map(|sums| ResidualRow { residual: sums.residual.map(|value| value as f32), weight: sums.weight as f32 })
            .collect()
    }
}

/// Some outputs of the targets, centred and scaled.
struct Standardised<'a> {
    targets: &'a [f64],
    outputs: usize,
    group: Range<usize>,
    base: &'a [f64],
    scale: &'a [f64],
}

impl Standardised<'_> {
    fn value(&self, row: usize, place: usize) -> f64 {
        let output = self.group.start + place;
        (self.targets[row * self.outputs + output] - self.base[output]) / self.scale[output]
    }

    fn row<const M: usize>(&self, row: usize, weight: f64) -> ResidualRow<M> {
        let residual = |place| if place < self.group.len() { (weight * self.value(row, place)) as f32 } else { 0.0 };
        ResidualRow { residual: std::array::from_fn(residual), weight: weight as f32 }
    }
}

impl Learner for TreesConfig {
    fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(1..=100_000).contains(&self.trees) {
            return out_of_range("trees", self.trees as f64, "1 to 100000");
        }
        if 1 << 16 < self.leaves.get() {
            return out_of_range("leaves", self.leaves.get() as f64, "1 to 65536");
        }
        if !(0.0 < self.learning_rate && self.learning_rate <= 1.0) {
            return out_of_range("learning_rate", self.learning_rate, "above 0, at most 1");
        }
        if !(0.0..0.5).contains(&self.min_leaf_share) {
            return out_of_range("min_leaf_share", self.min_leaf_share, "0 up to, but without, .5");
        }
        if !(0.0 <= self.l2_share && self.l2_share.is_finite()) {
            return out_of_range("l2_share", self.l2_share, "a number of 0 or more");
        }
        if !(2..=254).contains(&self.bins) {
            return out_of_range("bins", self.bins as f64, "2 to 254");
        }
        Ok(())
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        _seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(TreesFitting::new(self.clone(), sample, weights)?))
    }

    fn share(&self, sample: &RowSample) {
        sample.tree_rows.keep(self.bins, || TreeRows::new(&sample.features, sample.width, self.bins));
    }

    fn is_flexible(&self) -> bool {
        true
    }

    fn variations(&self) -> Vec<Self> {
        let coarse = Self {
            trees: self.trees.div_ceil(2),
            min_leaf_share: (self.min_leaf_share * 4.0).min(0.4),
            ..self.clone()
        };
        vec![self.clone(), coarse]
    }

    // Learning rate, leaves, least weight of a leaf and ridge.
    fn wide_variations(&self) -> Vec<Self> {
        let leaves = |leaves: usize| NonZeroUsize::new(leaves.max(2)).expect("Invariant: 2 is not 0");
        vec![
            Self { trees: self.trees * 2, learning_rate: self.learning_rate * 0.5, ..self.clone() },
            Self { leaves: leaves(self.leaves.get() * 2), ..self.clone() },
            Self { leaves: leaves(self.leaves.get() / 2), ..self.clone() },
            Self { min_leaf_share: self.min_leaf_share * 0.25, ..self.clone() },
            Self { min_leaf_share: (self.min_leaf_share * 4.0).min(0.4), ..self.clone() },
            Self { l2_share: self.l2_share * 10.0, ..self.clone() },
        ]
    }

    #[cfg(test)]
    fn small() -> Self {
        Self { trees: 15, ..Self::default() }
    }
}

impl Fitting for TreesFitting {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        let (regressor, fitted) = self.regressor(targets, outputs);
        Ok(FitOutcome { regressor: Regressor::Trees(regressor), predictions: Some(fitted) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_what_the_trees_say_of_them() {
        // Seventeen outputs make two groups of trees; few bins make cells, many do not.
        let (rows, outputs) = (3_000, 17);
        let feature = |place: usize| ((place * place * 7_919) % 10_007) as f32 / 10_007.0;
        let features: Vec<f32> = (0..rows * 2).map(feature).collect();
        let targets: Vec<f64> =
            (0..rows * outputs).map(|place| f64::from(features[place / outputs * 2]) * (place % 5) as f64).collect();
        for bins in [8, 254] {
            let config = TreesConfig { trees: 5, bins, ..TreesConfig::default() };
            let fitting = TreesFitting::of_table(config, &features, 2, vec![1.0; rows]).unwrap();
            assert_eq!(fitting.rows.cells.is_some(), bins == 8);
            let (regressor, told) = fitting.regressor(&targets, outputs);
            assert_eq!(told, regressor.predict(&features, 2), "{bins} bins");
        }
    }
}
