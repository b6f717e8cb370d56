//! What the numbers of a network stand for: each has a mean and a deviation of its own.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{MOST_R, hold, hold_each, hold_length},
    error::ModelError,
};

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
    /// Nothing, if it stands for `outputs` finite numbers where the network's lie within `bounds`; else what does not
    /// fit.
    pub(crate) fn check(&self, outputs: usize, bounds: &[f64]) -> Result<(), ModelError> {
        hold_length("base", self.base.len(), outputs)?;
        hold_length("scale", self.scale.len(), outputs)?;
        let size = |value: f64| value.abs() <= MOST_R;
        hold_each("base", &self.base, size, "a number of at most 1e12 R")?;
        hold_each("scale", &self.scale, |value| 0.0 < value && size(value), "a number above 0, at most 1e12 R")?;
        hold(bounds.len() == outputs, "the numbers of the last layer", bounds.len(), outputs.to_string())?;
        for ((base, scale), bound) in self.base.iter().zip(&self.scale).zip(bounds) {
            let largest = base.abs() + scale * bound;
            hold(largest <= MOST_R, "scale: the largest prediction", largest, format!("at most {MOST_R} R"))?;
        }
        Ok(())
    }

    /// The numbers that scaled ones stand for.
    pub fn unscaled(&self, scaled: &[f32], out: &mut [f64]) {
        for (((out, &value), base), scale) in out.iter_mut().zip(scaled).zip(&self.base).zip(&self.scale) {
            *out = base + scale * f64::from(value);
        }
    }
}
