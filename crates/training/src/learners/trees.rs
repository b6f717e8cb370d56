//! Gradient-boosted trees over all bars at once, fitted by forust and kept in our own format.

use std::num::NonZeroUsize;

use forust_ml::{GradientBooster, Matrix, gradientbooster::GrowPolicy, metric::Metric, objective::ObjectiveType};
use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};
use serde::{Deserialize, Serialize};

use super::{Fitting, Regressor};
use crate::{TrainingError, data::Sample};

/// Settings of the boosted trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TreesConfig {
    /// Trees for each number predicted.
    pub trees: usize,
    /// Share of each tree's step that is taken.
    pub learning_rate: f32,
    /// Most leaves of a tree.
    pub leaves: NonZeroUsize,
    /// Least share of all rows in a leaf: the main guard against fitting noise.
    pub min_leaf_share: f64,
    /// Ridge on leaf values, in rows.
    pub l2: f32,
    /// Bins of each feature.
    pub bins: u16,
}

impl Default for TreesConfig {
    fn default() -> Self {
        Self {
            trees: 100,
            learning_rate: 0.1,
            leaves: NonZeroUsize::new(16).expect("Invariant: 16 is not 0"),
            min_leaf_share: 0.005,
            l2: 10.0,
            bins: 128,
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

/// Sums of trees, one list for each number predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeRegressor {
    /// (base, trees) of each number.
    pub outputs: Vec<(f64, Vec<Tree>)>,
}

/// A binary tree in arrays. A row goes to `left` where its value is below the split, to `missing` where it is
/// missing; thresholds are the least f32 at which a row goes right, so f32 and f64 runtimes agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Tree {
    /// Feature of each node's split; −1 for a leaf.
    pub feature: Vec<i32>,
    /// Threshold of each split; the value of a leaf.
    pub value: Vec<f32>,
    /// Child for values below the threshold; 0 in a leaf.
    pub left: Vec<u32>,
    /// Child for the other values.
    pub right: Vec<u32>,
    /// Child for missing values.
    pub missing: Vec<u32>,
    /// Gain of each split in squared loss; 0 in a leaf.
    pub gain: Vec<f32>,
}

impl TreeRegressor {
    /// Predictions for rows of `width` features, shape (N, outputs).
    pub(crate) fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        const ROWS: usize = 512;
        let outputs = self.outputs.len();
        let mut out = vec![0.0; features.len() / width * outputs];
        out.par_chunks_mut(ROWS * outputs).zip(features.par_chunks(ROWS * width)).for_each(|(out, rows)| {
            for (output, (base, trees)) in self.outputs.iter().enumerate() {
                out.iter_mut().skip(output).step_by(outputs).for_each(|value| *value = *base);
                for tree in trees {
                    for (row, value) in rows.chunks_exact(width).zip(out.iter_mut().skip(output).step_by(outputs)) {
                        *value += f64::from(tree.value_at(row));
                    }
                }
            }
        });
        out
    }
}

impl Tree {
    fn value_at(&self, row: &[f32]) -> f32 {
        let mut node = 0_usize;
        loop {
            let feature = self.feature[node];
            if feature < 0 {
                return self.value[node];
            }
            let value = row[feature as usize];
            node = if value < self.value[node] {
                self.left[node]
            } else if value.is_nan() {
                self.missing[node]
            } else {
                self.right[node]
            } as usize;
        }
    }

    fn from_forust(tree: &forust_ml::tree::Tree) -> Self {
        let mut out = Self::default();
        for node in &tree.nodes {
            out.feature.push(if node.is_leaf { -1 } else { node.split_feature as i32 });
            out.value.push(if node.is_leaf { node.weight_value } else { least_f32_at_or_above(node.split_value) });
            out.left.push(if node.is_leaf { 0 } else { node.left_child as u32 });
            out.right.push(if node.is_leaf { 0 } else { node.right_child as u32 });
            out.missing.push(if node.is_leaf { 0 } else { node.missing_node as u32 });
            out.gain.push(if node.is_leaf { 0.0 } else { node.split_gain });
        }
        out
    }
}

/// Trees waiting for targets.
pub(crate) struct TreesFitting<'a> {
    config: &'a TreesConfig,
    sample: &'a Sample,
    seed: u64,
    /// (F, N): forust reads columns.
    columns: Vec<f64>,
}

impl<'a> TreesFitting<'a> {
    pub(crate) fn new(config: &'a TreesConfig, sample: &'a Sample, seed: u64) -> Result<Self, TrainingError> {
        check(config)?;
        let rows = sample.rows();
        let mut columns = vec![0.0; rows * sample.width];
        for (feature, column) in columns.chunks_exact_mut(rows).enumerate() {
            for (row, value) in column.iter_mut().enumerate() {
                *value = f64::from(sample.features[row * sample.width + feature]);
            }
        }
        Ok(Self { config, sample, seed, columns })
    }

    fn booster(&self) -> GradientBooster {
        let total: f64 = self.sample.weights.iter().sum();
        let mut booster = GradientBooster::default()
            .set_objective_type(ObjectiveType::SquaredLoss)
            // The default for squared loss is a logarithmic error, undefined at negative targets.
            .set_evaluation_metric(Some(Metric::RootMeanSquaredError))
            .set_iterations(self.config.trees)
            .set_learning_rate(self.config.learning_rate)
            .set_max_depth(usize::MAX)
            .set_max_leaves(self.config.leaves.get())
            .set_l2(self.config.l2)
            .set_min_leaf_weight((total * self.config.min_leaf_share) as f32)
            .set_nbins(self.config.bins)
            .set_initialize_base_score(true)
            .set_create_missing_branch(false)
            .set_missing(f64::NAN)
            .set_seed(self.seed)
            .set_parallel(true);
        booster.grow_policy = GrowPolicy::LossGuide;
        booster
    }
}

impl Fitting for TreesFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<Regressor, TrainingError> {
        let data = Matrix::new(&self.columns, self.sample.rows(), self.sample.width);
        let mut fitted = Vec::with_capacity(outputs);
        for output in 0..outputs {
            let target: Vec<f64> = targets.iter().skip(output).step_by(outputs).copied().collect();
            let mut booster = self.booster();
            booster
                .fit(&data, &target, &self.sample.weights, None)
                .map_err(|error| TrainingError::Learner { learner: "boosted-trees", message: error.to_string() })?;
            fitted.push((booster.base_score, booster.trees.iter().map(Tree::from_forust).collect()));
        }
        Ok(Regressor::Trees(TreeRegressor { outputs: fitted }))
    }
}

fn check(config: &TreesConfig) -> Result<(), TrainingError> {
    let out_of_range = |key, value, allowed| Err(TrainingError::OutOfRange { key, value, allowed });
    if config.trees == 0 {
        return out_of_range("trees", 0.0, "1 or more");
    }
    if !(0.0 < config.learning_rate && config.learning_rate <= 1.0) {
        return out_of_range("learning_rate", f64::from(config.learning_rate), "above 0, at most 1");
    }
    if !(0.0..0.5).contains(&config.min_leaf_share) {
        return out_of_range("min_leaf_share", config.min_leaf_share, "0 up to, but without, .5");
    }
    if !(0.0 <= config.l2 && config.l2.is_finite()) {
        return out_of_range("l2", f64::from(config.l2), "a number of 0 or more");
    }
    if config.bins < 4 {
        return out_of_range("bins", f64::from(config.bins), "4 or more");
    }
    Ok(())
}

fn least_f32_at_or_above(value: f64) -> f32 {
    let nearest = value as f32;
    if f64::from(nearest) < value { nearest.next_up() } else { nearest }
}
