//! Affine layers with ReLU between them.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{MOST_ACTIVATION, hold, hold_finite, hold_length},
    error::ModelError,
};

/// One affine layer y = xW + b.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AffineLayer {
    /// Numbers in.
    pub inputs: usize,
    /// Numbers out.
    pub outputs: usize,
    /// W, shape (inputs, outputs), row by row.
    pub weights: Vec<f32>,
    /// b.
    pub bias: Vec<f32>,
}

impl AffineLayer {
    /// The farthest from 0 that each of `outputs` numbers lies, given that of each number that goes in.
    ///
    /// # Errors
    /// What does not make a layer of that shape.
    pub(crate) fn bounds(&self, inputs: &[f64], outputs: usize) -> Result<Vec<f64>, ModelError> {
        hold(self.inputs == inputs.len(), "inputs", self.inputs, inputs.len().to_string())?;
        hold(self.outputs == outputs && 0 < outputs, "outputs", self.outputs, outputs.to_string())?;
        hold_length("weights", self.weights.len(), self.inputs.saturating_mul(self.outputs))?;
        hold_length("bias", self.bias.len(), self.outputs)?;
        hold_finite("weights", &self.weights)?;
        hold_finite("bias", &self.bias)?;
        let mut bounds: Vec<f64> = self.bias.iter().map(|bias| f64::from(bias.abs())).collect();
        for (input, weights) in inputs.iter().zip(self.weights.chunks_exact(self.outputs)) {
            for (bound, weight) in bounds.iter_mut().zip(weights) {
                *bound += input * f64::from(weight.abs());
            }
        }
        let most = bounds.iter().copied().fold(0.0, f64::max);
        hold(most <= MOST_ACTIVATION, "weights: the largest sum", most, format!("at most {MOST_ACTIVATION}"))?;
        Ok(bounds)
    }

    /// y of one row.
    pub fn apply(&self, row: &[f32], out: &mut [f32]) {
        out.copy_from_slice(&self.bias);
        for (&value, weights) in row.iter().zip(self.weights.chunks_exact(self.outputs)) {
            for (out, weight) in out.iter_mut().zip(weights) {
                *out += value * weight;
            }
        }
    }
}

/// The stack applied to one row of numbers; `space` is kept between rows.
pub fn apply_layers(layers: &[AffineLayer], row: &[f32], space: &mut [Vec<f32>; 2]) {
    let [now, next] = space;
    now.clear();
    now.extend_from_slice(row);
    for (place, layer) in layers.iter().enumerate() {
        next.resize(layer.outputs, 0.0);
        layer.apply(now, next);
        if place + 1 < layers.len() {
            next.iter_mut().for_each(|value| *value = value.max(0.0));
        }
        std::mem::swap(now, next);
    }
}

/// The farthest from 0 that each number lies that the stack `layers`, named `key`, makes of numbers within `inputs`.
///
/// # Errors
/// What does not make a stack of layers.
pub(crate) fn bounds_of_layers(key: &str, layers: &[AffineLayer], inputs: Vec<f64>) -> Result<Vec<f64>, ModelError> {
    hold(!layers.is_empty(), &format!("the length of {key}"), 0, "1 or more")?;
    layers.iter().enumerate().try_fold(inputs, |bounds, (place, layer)| {
        layer.bounds(&bounds, layer.outputs).map_err(|error| error.within(&format!("{key}[{place}]")))
    })
}
