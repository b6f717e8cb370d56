//! Trees in arrays.

use serde::{Deserialize, Serialize};

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

impl Tree {
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
