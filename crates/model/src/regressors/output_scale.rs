//! What the numbers of a network stand for: each has a mean and a deviation of its own.

use serde::{Deserialize, Serialize};

/// Mean and deviation of each number a network predicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputScale {
    /// What each number is measured from.
    pub base: Vec<f64>,
    /// What one unit of the network's output is worth, above 0.
    pub scale: Vec<f64>,
}

impl OutputScale {
    /// The numbers that scaled ones stand for.
    pub fn unscaled(&self, scaled: &[f32], out: &mut [f64]) {
        for (((out, &value), base), scale) in out.iter_mut().zip(scaled).zip(&self.base).zip(&self.scale) {
            *out = base + scale * f64::from(value);
        }
    }
}
