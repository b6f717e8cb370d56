//! Trees in arrays.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{MOST_R, RowShape, hold, hold_each, hold_finite, hold_length},
    error::ModelError,
};

/// The feature of a leaf, which asks nothing.
const LEAF: i32 = -1;

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

/// A binary tree in arrays, with a vector of numbers in each leaf.
///
/// A row goes to `left` where its value is below the threshold, to `missing` where it is missing, else to `right`.
/// Thresholds are f32, so runtimes that compare in f32 and in f64 agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Tree {
    /// Feature of each node's split; −1 for a leaf.
    pub feature: Vec<i32>,
    /// Threshold of each split; 0 for a leaf.
    pub threshold: Vec<f32>,
    /// Child for values below the threshold; for a leaf its number.
    pub left: Vec<u32>,
    /// Child for the other values; 0 for a leaf.
    pub right: Vec<u32>,
    /// Child for missing values; 0 for a leaf.
    pub missing: Vec<u32>,
    /// What each split saves in weighted squared loss of the standardised targets; 0 for a leaf.
    pub gain: Vec<f32>,
    /// Steps of the leaves, shape (leaves, outputs).
    pub steps: Vec<f32>,
}

impl TreeRegressor {
    /// Nothing, if it predicts finite numbers for any row of `shape`; else what does not fit.
    pub(crate) fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        hold_length("base", self.base.len(), shape.outputs)?;
        hold_length("scale", self.scale.len(), shape.outputs)?;
        let size = |value: f64| value.abs() <= MOST_R;
        hold_each("base", &self.base, size, "a number of at most 1e12 R")?;
        hold_each("scale", &self.scale, |value| 0.0 < value && size(value), "a number above 0, at most 1e12 R")?;
        let mut most = vec![0.0; shape.outputs];
        for (place, tree) in self.trees.iter().enumerate() {
            tree.check(shape).map_err(|error| error.within(&format!("trees[{place}]")))?;
            for (output, most) in most.iter_mut().enumerate() {
                let steps = tree.steps.iter().skip(output).step_by(shape.outputs);
                *most += steps.fold(0.0_f64, |most, step| most.max(f64::from(step.abs())));
            }
        }
        for (most, (base, scale)) in most.iter().zip(self.base.iter().zip(&self.scale)) {
            let largest = base.abs() + scale * most;
            hold(largest <= MOST_R, "trees: the largest prediction", largest, format!("at most {MOST_R} R"))?;
        }
        Ok(())
    }
}

impl Tree {
    /// Nothing, if every row of `shape` falls into one leaf: children stand after their parents, and every node but
    /// the first is the child of one.
    fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        let nodes = self.feature.len();
        hold(0 < nodes && nodes <= u32::MAX as usize, "the length of feature", nodes, "1 or more")?;
        let lengths = [
            ("threshold", self.threshold.len()),
            ("left", self.left.len()),
            ("right", self.right.len()),
            ("missing", self.missing.len()),
            ("gain", self.gain.len()),
        ];
        lengths.into_iter().try_for_each(|(key, length)| hold_length(key, length, nodes))?;
        hold_finite("threshold", &self.threshold)?;
        hold_each("gain", &self.gain, |gain| 0.0 <= gain && gain.is_finite(), "a number of 0 or more")?;
        hold_finite("steps", &self.steps)?;
        let leaves = self.feature.iter().filter(|&&feature| feature == LEAF).count();
        hold_length("steps", self.steps.len(), leaves.saturating_mul(shape.outputs))?;
        let accepted = format!("{LEAF} or a feature below {}", shape.width);
        let known = |feature: i32| feature == LEAF || usize::try_from(feature).is_ok_and(|place| place < shape.width);
        hold_each("feature", &self.feature, known, &accepted)?;
        let mut is_child = vec![false; nodes];
        let mut is_taken = vec![false; leaves];
        for (node, &feature) in self.feature.iter().enumerate() {
            let (left, right, missing) = (self.left[node], self.right[node], self.missing[node]);
            if feature == LEAF {
                let is_free = is_taken.get_mut(left as usize).map(|taken| !std::mem::replace(taken, true));
                let accepted = format!("the number of a leaf, below {leaves}, that no other has");
                hold(is_free == Some(true), &format!("left[{node}]"), left, accepted)?;
                hold(right == 0, &format!("right[{node}]"), right, "0 for a leaf")?;
                hold(missing == 0, &format!("missing[{node}]"), missing, "0 for a leaf")?;
                continue;
            }
            for (key, child) in [("left", left), ("right", right)] {
                let is_later = node < child as usize;
                let is_free = is_child.get_mut(child as usize).map(|taken| !std::mem::replace(taken, true));
                let accepted = format!("a node above {node} and below {nodes} that no other leads to");
                hold(is_later && is_free == Some(true), &format!("{key}[{node}]"), child, accepted)?;
            }
            let accepted = format!("{left} or {right}, the children");
            hold(missing == left || missing == right, &format!("missing[{node}]"), missing, accepted)?;
        }
        match is_child.iter().skip(1).position(|is_child| !is_child) {
            None => Ok(()),
            Some(place) => hold(false, &format!("feature[{}]", place + 1), "a node of no parent", "a child of a node"),
        }
    }

    /// The number of the leaf that `row` falls into.
    pub fn leaf(&self, row: &[f32]) -> usize {
        let mut node = 0_usize;
        loop {
            let feature = self.feature[node];
            if feature < 0 {
                return self.left[node] as usize;
            }
            let value = row[feature as usize];
            let next = if value < self.threshold[node] {
                self.left[node]
            } else if value.is_nan() {
                self.missing[node]
            } else {
                self.right[node]
            };
            node = next as usize;
        }
    }
}
