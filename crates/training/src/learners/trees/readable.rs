//! One shallow tree as a learner, and as a rule to read.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::TreesConfig;
use crate::TrainingError;

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
    /// These settings, and one question fewer.
    pub(crate) fn variations(&self) -> Vec<Self> {
        let shorter = Self { depth: self.depth - 1, ..self.clone() };
        if self.depth <= 2 { vec![self.clone()] } else { vec![self.clone(), shorter] }
    }

    /// The one tree of the grower that boosted trees are made by.
    pub(crate) fn trees(&self) -> Result<TreesConfig, TrainingError> {
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

#[cfg(test)]
mod tests {
    use scaleout_model::Model;

    use super::*;
    use crate::{
        FitConfig, LearnerConfig, Search, Unwatched, fit,
        order_flow_market::{objective, paths},
    };

    #[test]
    fn the_rule_names_the_signal_and_says_what_to_do() {
        let (data, _) = paths(300, 1, 1);
        let train: Vec<usize> = (0..300).collect();
        let config = FitConfig { folds: 2, search: Search::None, ..FitConfig::default() };
        let learner = LearnerConfig::ReadableTree(ReadableTreeConfig { depth: 2, ..ReadableTreeConfig::default() });
        let model = fit(&data, &train, &objective(), &learner, &config, 1, &Unwatched).unwrap();
        let rule = model.readable_rule().unwrap();
        assert_eq!(rule.lines().count(), 4, "{rule}");
        assert!(rule.contains("column:signal") && rule.contains("hold "), "{rule}");
        assert!(rule.lines().all(|line| line.starts_with("if ")), "{rule}");
        assert_eq!(Model::from_json(&model.to_json()).unwrap().readable_rule(), Some(rule));
    }

    #[test]
    fn a_deep_tree_is_refused() {
        let error = ReadableTreeConfig { depth: 9, ..ReadableTreeConfig::default() }.trees().unwrap_err();
        assert_eq!(error.to_string(), "depth = 9 is out of range: 2 to 4");
    }
}
