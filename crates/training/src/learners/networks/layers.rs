//! Affine layers with ReLU between them, as tensors for training.

use burn::tensor::{Tensor, activation::relu};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_model::AffineLayer;

/// Most hidden layers of a network.
pub(crate) const MOST_LAYERS: usize = 16;

/// The widths of a stack of layers: what goes in, hidden, what comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Widths(pub Vec<usize>);

impl Widths {
    /// Parameters of the stack.
    pub(crate) fn parameters(&self) -> usize {
        self.0.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum()
    }

    /// Weights drawn with deviation √(2 ÷ inputs) (He et al. 2015), the last layer and all biases 0: the network
    /// starts at the mean of its targets.
    pub(crate) fn drawn(&self, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut parameters = Vec::with_capacity(self.parameters());
        let last = self.0.len() - 2;
        for (place, pair) in self.0.windows(2).enumerate() {
            let deviation = if place == last { 0.0 } else { (2.0 / pair[0] as f64).sqrt() };
            let weights = (0..pair[0] * pair[1]).map(|_| deviation * rng.sample::<f64, _>(StandardNormal));
            parameters.extend(weights.map(|weight| weight as f32));
            parameters.extend(std::iter::repeat_n(0.0, pair[1]));
        }
        parameters
    }

    /// The layers that flat `parameters` are.
    pub(crate) fn layers(&self, mut parameters: &[f32]) -> Vec<AffineLayer> {
        let layers = self.0.windows(2).map(|pair| {
            let (weights, rest) = parameters.split_at(pair[0] * pair[1]);
            let (bias, rest) = rest.split_at(pair[1]);
            parameters = rest;
            AffineLayer { inputs: pair[0], outputs: pair[1], weights: weights.to_vec(), bias: bias.to_vec() }
        });
        layers.collect()
    }

    /// The layers as tensors: W and b of each, out of the flat `parameters` from `first` on.
    pub(crate) fn parts(&self, parameters: &Tensor<1>, first: usize) -> Vec<(Tensor<2>, Tensor<2>)> {
        let mut place = first;
        let mut part = |rows: usize, columns: usize| {
            let from = place;
            place += rows * columns;
            parameters.clone().narrow(0, from, rows * columns).reshape([rows, columns])
        };
        self.0.windows(2).map(|pair| (part(pair[0], pair[1]), part(1, pair[1]))).collect()
    }
}

/// What the layers `parts` make of `rows` (N, inputs).
pub(crate) fn forward(parts: &[(Tensor<2>, Tensor<2>)], rows: Tensor<2>) -> Tensor<2> {
    parts.iter().enumerate().fold(rows, |rows, (place, (weights, bias))| {
        let out = rows.matmul(weights.clone()) + bias.clone();
        if place + 1 == parts.len() { out } else { relu(out) }
    })
}

/// The parameters of `layers` in one flat list.
pub(crate) fn flattened(layers: &[AffineLayer]) -> Vec<f32> {
    layers.iter().flat_map(|layer| layer.weights.iter().chain(&layer.bias)).copied().collect()
}

/// The widths of `layers`.
pub(crate) fn widths(layers: &[AffineLayer]) -> Widths {
    let first = layers.first().map_or(0, |layer| layer.inputs);
    Widths([first].into_iter().chain(layers.iter().map(|layer| layer.outputs)).collect())
}

/// Each of `widths` times `up` ÷ `down`, at least 1.
pub(crate) fn scaled(widths: &[usize], up: usize, down: usize) -> Vec<usize> {
    widths.iter().map(|width| (width * up / down).max(1)).collect()
}
