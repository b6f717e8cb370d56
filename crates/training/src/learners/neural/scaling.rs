//! Targets on one scale: the mean of each is taken off, and its deviation divided out.

use serde::{Deserialize, Serialize};

use crate::learners::moments::means_and_deviations;

/// Mean and deviation of each number a network predicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outputs {
    /// What each number is measured from.
    pub base: Vec<f64>,
    /// What one unit of the network's output is worth, above 0.
    pub scale: Vec<f64>,
}

impl Outputs {
    /// Weighted moments of `targets` (N, outputs).
    pub(crate) fn fitted(targets: &[f64], outputs: usize, weights: &[f64]) -> Self {
        let (base, scale) = means_and_deviations(targets, outputs, weights);
        Self { base, scale }
    }

    /// `targets` on this scale.
    pub(crate) fn scaled(&self, targets: &[f64]) -> Vec<f32> {
        let places = (0..self.base.len()).cycle();
        targets.iter().zip(places).map(|(value, at)| ((value - self.base[at]) / self.scale[at]) as f32).collect()
    }

    /// The numbers that scaled ones stand for.
    pub(crate) fn unscaled(&self, scaled: &[f32], out: &mut [f64]) {
        for (((out, &value), base), scale) in out.iter_mut().zip(scaled).zip(&self.base).zip(&self.scale) {
            *out = base + scale * f64::from(value);
        }
    }
}
