//! A multilayer perceptron: all bars and all fractions in one network.

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};
use serde::{Deserialize, Serialize};

use crate::{
    checks::RowShape,
    error::ModelError,
    regressors::{
        inputs::NetworkInputs,
        layers::{AffineLayer, apply_layers, bounds_of_layers},
        output_scale::OutputScale,
    },
};

/// A fitted multilayer perceptron.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlpRegressor {
    /// What the first layer is shown of a row.
    pub inputs: NetworkInputs,
    /// The layers, ReLU between them.
    pub layers: Vec<AffineLayer>,
    /// What the last layer's numbers stand for.
    pub outputs: OutputScale,
}

impl MlpRegressor {
    /// Nothing, if it predicts finite numbers for any row of `shape`; else what does not fit.
    pub(crate) fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        let inputs = self.inputs.bounds(shape).map_err(|error| error.within("inputs"))?;
        let bounds = bounds_of_layers("layers", &self.layers, inputs)?;
        self.outputs.check(shape.outputs, &bounds).map_err(|error| error.within("outputs"))
    }

    /// Predictions for rows of `width` features, shape (N, outputs).
    pub fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        const ROWS: usize = 256;
        let outputs = self.outputs.base.len();
        let mut out = vec![0.0; features.len() / width * outputs];
        out.par_chunks_mut(ROWS * outputs).zip(features.par_chunks(ROWS * width)).for_each(|(out, rows)| {
            let (mut shown, mut space) = (Vec::new(), [Vec::new(), Vec::new()]);
            for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(outputs)) {
                shown.clear();
                self.inputs.push(row, &mut shown);
                apply_layers(&self.layers, &shown, &mut space);
                self.outputs.unscaled(&space[0], out);
            }
        });
        out
    }
}
