//! Affine layers with ReLU between them.

use serde::{Deserialize, Serialize};

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
