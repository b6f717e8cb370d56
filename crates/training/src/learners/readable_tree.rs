//! One shallow tree as a learner, and as a rule to read.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::{
    error::TrainingError,
    learners::{
        learner::{Fitting, Learner},
        trees::{boosting::TreesFitting, config::TreesConfig},
    },
    rows::sample::RowSample,
};

/// Settings of the readable tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadableTreeConfig {
    /// Most questions from the top to a leaf, 2 to 4.
    pub depth: usize,
    /// Least share of all rows in a leaf: a rule that holds for few rows is no rule.
    pub min_leaf_share: f64,
}

impl Default for ReadableTreeConfig {
    fn default() -> Self {
        Self { depth: 3, min_leaf_share: 0.05 }
    }
}

impl ReadableTreeConfig {
    /// The one tree of the grower that boosted trees are made by.
    fn trees(&self) -> Result<TreesConfig, TrainingError> {
        if !(2..=4).contains(&self.depth) {
            let value = self.depth as f64;
            return Err(TrainingError::out_of_range("depth", value, "2 to 4"));
        }
        let leaves = NonZeroUsize::new(1 << self.depth).expect("Invariant: a power of two is not 0");
        Ok(TreesConfig {
            trees: 1,
            learning_rate: 1.0,
            leaves,
            depth: NonZeroUsize::new(self.depth),
            min_leaf_share: self.min_leaf_share,
            bins: 63,
            ..TreesConfig::default()
        })
    }
}

impl Learner for ReadableTreeConfig {
    fn check(&self) -> Result<(), TrainingError> {
        self.trees()?.check()
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        _seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(TreesFitting::new(self.trees()?, sample, weights)?))
    }

    fn may_depart(&self) -> bool {
        false
    }

    fn is_flexible(&self) -> bool {
        false
    }

    fn variations(&self) -> Vec<Self> {
        let shorter = Self { depth: self.depth - 1, ..self.clone() };
        if self.depth <= 2 { vec![self.clone()] } else { vec![self.clone(), shorter] }
    }

    // Rarer and commoner leaves.
    fn wide_variations(&self) -> Vec<Self> {
        let with = |min_leaf_share: f64| Self { min_leaf_share: min_leaf_share.min(0.4), ..self.clone() };
        vec![with(self.min_leaf_share * 0.4), with(self.min_leaf_share * 2.0)]
    }

    #[cfg(test)]
    fn small() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_deep_tree_is_refused() {
        let error = ReadableTreeConfig { depth: 9, ..ReadableTreeConfig::default() }.trees().unwrap_err();
        assert_eq!(error.to_string(), "depth = 9 must be 2 to 4");
    }
}
