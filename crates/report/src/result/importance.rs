//! What the models look at.

use serde::{Deserialize, Serialize};

/// Which features a learner lives on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelImportance {
    /// Name of the learner.
    pub model: String,
    /// Whether it is the refit that was chosen.
    pub is_chosen: bool,
    /// Test trades that the permutations were measured on.
    pub trades: usize,
    /// Its features, the one whose loss hurts most first.
    pub features: Vec<FeatureImportance>,
}

/// One feature's worth to a learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureImportance {
    /// The feature.
    pub feature: String,
    /// Share of what the refit's splits or terms explain on its own training rows.
    pub gain_share: f64,
    /// Mean J lost on purged test trades when its values are permuted, in R a trade; negative where the
    /// model does better without it.
    pub permutation_lost_r: f64,
    /// Deviation of that over repeats.
    pub permutation_deviation_r: f64,
}

impl FeatureImportance {
    /// Whether the model hears it at all.
    pub fn is_used(&self) -> bool {
        self.gain_share != 0.0 || self.permutation_lost_r != 0.0
    }
}
