//! Gradient-boosted trees over all bars at once.
//!
//! Our own and not a library's, because one tree can serve all K fractions: 120,000 rows of seven features and four
//! fractions, 100 trees of 16 leaves, take 2.6 times as long in forust at the same skill, and the rows of a fit are
//! binned once for all rounds.

mod bins;
mod grow;
mod tree;

use std::num::NonZeroUsize;

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};
use serde::{Deserialize, Serialize};

pub use tree::Tree;

use self::{
    bins::BinnedRows,
    grow::{Bounds, grow},
};
use super::{Fitting, Regressor};
use crate::{TrainingError, data::Sample};

/// Most numbers that share a tree: beyond that, histograms outgrow the cache.
const MOST_TOGETHER: usize = 16;

/// Settings of the boosted trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TreesConfig {
    /// Trees; each predicts all numbers of a row.
    pub trees: usize,
    /// Share of each tree's step that is taken.
    pub learning_rate: f64,
    /// Most leaves of a tree.
    pub leaves: NonZeroUsize,
    /// Least share of all rows in a leaf: the main guard against fitting noise.
    pub min_leaf_share: f64,
    /// Ridge on leaf values, as a share of all rows.
    pub l2_share: f64,
    /// Most bins of each feature, 2 to 254.
    pub bins: usize,
}

impl Default for TreesConfig {
    fn default() -> Self {
        Self {
            trees: 80,
            learning_rate: 0.12,
            leaves: NonZeroUsize::new(16).expect("Invariant: 16 is not 0"),
            min_leaf_share: 0.005,
            l2_share: 0.001,
            bins: 64,
        }
    }
}

impl TreesConfig {
    /// These settings, and half the trees with leaves four times as large.
    pub(crate) fn variations(&self) -> Vec<Self> {
        let coarse = Self {
            trees: self.trees.div_ceil(2),
            min_leaf_share: (self.min_leaf_share * 4.0).min(0.4),
            ..self.clone()
        };
        vec![self.clone(), coarse]
    }
}

/// A sum of trees with a vector in each leaf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeRegressor {
    /// What each number starts from.
    pub base: Vec<f64>,
    /// Factor of each number's steps: the deviation of its targets.
    pub scale: Vec<f64>,
    /// The trees, whose leaves hold one step for each number.
    pub trees: Vec<Tree>,
}

impl TreeRegressor {
    /// Predictions for rows of `width` features, shape (N, outputs).
    pub(crate) fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        const ROWS: usize = 512;
        let outputs = self.base.len();
        let mut out = vec![0.0; features.len() / width * outputs];
        out.par_chunks_mut(ROWS * outputs).zip(features.par_chunks(ROWS * width)).for_each(|(out, rows)| {
            for tree in &self.trees {
                for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(outputs)) {
                    let steps = &tree.steps[tree.leaf(row) * outputs..][..outputs];
                    for (out, step) in out.iter_mut().zip(steps) {
                        *out += f64::from(*step);
                    }
                }
            }
            for out in out.chunks_exact_mut(outputs) {
                for ((out, scale), base) in out.iter_mut().zip(&self.scale).zip(&self.base) {
                    *out = *out * scale + base;
                }
            }
        });
        out
    }
}

/// Trees waiting for targets: the rows are binned once for all rounds.
pub(crate) struct TreesFitting<'a> {
    config: &'a TreesConfig,
    weights: Vec<f64>,
    binned: BinnedRows,
}

impl<'a> TreesFitting<'a> {
    pub(crate) fn new(config: &'a TreesConfig, sample: &Sample, weights: Vec<f64>) -> Result<Self, TrainingError> {
        check(config)?;
        let binned = BinnedRows::new(sample, config.bins);
        if binned.columns.iter().all(|column| column.cuts.is_empty()) {
            return Err(TrainingError::NothingVaries { features: sample.width });
        }
        Ok(Self { config, weights, binned })
    }

    /// Boosts with leaves of M numbers: `width` of targets (N × width) and zeros after them.
    fn boost<const M: usize>(&self, targets: &[f64], width: usize) -> Vec<Tree> {
        let weights = &self.weights;
        let total: f64 = weights.iter().sum();
        let bounds = Bounds {
            leaves: self.config.leaves.get(),
            min_leaf_weight: total * self.config.min_leaf_share,
            l2: total * self.config.l2_share,
            learning_rate: self.config.learning_rate,
        };
        let standardised: Vec<[f64; M]> = targets
            .chunks_exact(width)
            .map(|row| std::array::from_fn(|place| row.get(place).copied().unwrap_or(0.0)))
            .collect();
        let mut fitted = vec![[0.0; M]; standardised.len()];
        let mut residuals = vec![[0.0; M]; standardised.len()];
        (0..self.config.trees)
            .map(|_| {
                for (((residual, target), fitted), weight) in
                    residuals.iter_mut().zip(&standardised).zip(&fitted).zip(weights)
                {
                    for place in 0..M {
                        residual[place] = weight * (target[place] - fitted[place]);
                    }
                }
                let mut tree = grow(&self.binned, &residuals, weights, bounds, &mut fitted);
                tree.steps = tree.steps.chunks_exact(M).flat_map(|steps| steps[..width].to_vec()).collect();
                tree
            })
            .collect()
    }
}

impl Fitting for TreesFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<Regressor, TrainingError> {
        let (base, scale) = means_and_deviations(targets, outputs, &self.weights);
        let standardised = |output: usize, row: &[f64]| (row[output] - base[output]) / scale[output];
        let mut trees = Vec::new();
        for first in (0..outputs).step_by(MOST_TOGETHER) {
            let group = first..outputs.min(first + MOST_TOGETHER);
            let rows: Vec<f64> = targets
                .chunks_exact(outputs)
                .flat_map(|row| group.clone().map(|output| standardised(output, row)))
                .collect();
            let grown = match group.len() {
                1 => self.boost::<1>(&rows, 1),
                2 => self.boost::<2>(&rows, 2),
                width @ 3..=4 => self.boost::<4>(&rows, width),
                width @ 5..=8 => self.boost::<8>(&rows, width),
                width => self.boost::<MOST_TOGETHER>(&rows, width),
            };
            trees.extend(grown.into_iter().map(|tree| tree.widened(group.clone(), outputs)));
        }
        Ok(Regressor::Trees(TreeRegressor { base, scale, trees }))
    }
}

fn means_and_deviations(targets: &[f64], outputs: usize, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let total: f64 = weights.iter().sum();
    let moments = |output: usize| {
        let values = || targets.iter().skip(output).step_by(outputs).zip(weights);
        let mean = values().map(|(value, weight)| value * weight).sum::<f64>() / total;
        let square = values().map(|(value, weight)| weight * (value - mean).powi(2)).sum::<f64>() / total;
        // A constant target is fitted by its mean; any scale will do.
        (mean, if 0.0 < square { square.sqrt() } else { 1.0 })
    };
    (0..outputs).map(moments).unzip()
}

fn check(config: &TreesConfig) -> Result<(), TrainingError> {
    let out_of_range = |key, value, allowed| Err(TrainingError::OutOfRange { key, value, allowed });
    if config.trees == 0 {
        return out_of_range("trees", 0.0, "1 or more");
    }
    if !(0.0 < config.learning_rate && config.learning_rate <= 1.0) {
        return out_of_range("learning_rate", config.learning_rate, "above 0, at most 1");
    }
    if !(0.0..0.5).contains(&config.min_leaf_share) {
        return out_of_range("min_leaf_share", config.min_leaf_share, "0 up to, but without, .5");
    }
    if !(0.0 <= config.l2_share && config.l2_share.is_finite()) {
        return out_of_range("l2_share", config.l2_share, "a number of 0 or more");
    }
    if !(2..=254).contains(&config.bins) {
        return out_of_range("bins", config.bins as f64, "2 to 254");
    }
    Ok(())
}
