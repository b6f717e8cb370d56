//! Settings of the boosted trees.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

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
    /// Most splits from the root to a leaf; any number where none is given.
    pub depth: Option<NonZeroUsize>,
    /// Least share of all rows in a leaf: the main guard against fitting noise. Of more than 100,000 rows the share is
    /// less by the root of how many times more, so that leaves hold more rows and yet see finer.
    pub min_leaf_share: f64,
    /// Ridge on leaf values, as a share of all rows; less of many rows in the same way.
    pub l2_share: f64,
    /// Most bins of each feature, 2 to 254.
    pub bins: usize,
}

impl Default for TreesConfig {
    fn default() -> Self {
        Self {
            trees: 100,
            learning_rate: 0.1,
            leaves: NonZeroUsize::new(16).expect("Invariant: 16 is not 0"),
            depth: None,
            min_leaf_share: 0.005,
            l2_share: 0.001,
            bins: 95,
        }
    }
}
