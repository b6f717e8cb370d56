//! A recurrent network: a gated recurrent unit reads the recent bars, a perceptron its state and the present row.

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};
use serde::{Deserialize, Serialize};

use crate::{
    checks::RowShape,
    error::ModelError,
    regressors::{
        gru_cell::{GruCell, GruSpace, MOST_STATE},
        inputs::NetworkInputs,
        layers::{AffineLayer, apply_layers, bounds_of_layers},
        output_scale::OutputScale,
        sequence::BarSequence,
    },
};

/// A fitted recurrent network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GruRegressor {
    /// What the perceptron is shown of the present row.
    pub inputs: NetworkInputs,
    /// What the unit is shown of the recent bars.
    pub sequence: BarSequence,
    /// The unit; its state is 0 before the first bar.
    pub cell: GruCell,
    /// The layers of the perceptron, ReLU between them: the inputs of the present row, then the state.
    pub head: Vec<AffineLayer>,
    /// What the last layer's numbers stand for.
    pub outputs: OutputScale,
}

impl GruRegressor {
    /// Nothing, if it predicts finite numbers for any row of `shape`; else what does not fit.
    pub(crate) fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        let mut inputs = self.inputs.bounds(shape).map_err(|error| error.within("inputs"))?;
        let steps = self.sequence.bounds(shape).map_err(|error| error.within("sequence"))?;
        self.cell.check(&steps).map_err(|error| error.within("cell"))?;
        inputs.extend(std::iter::repeat_n(MOST_STATE, self.cell.hidden()));
        let bounds = bounds_of_layers("head", &self.head, inputs)?;
        self.outputs.check(shape.outputs, &bounds).map_err(|error| error.within("outputs"))
    }

    /// Predictions for rows of `width` features, shape (N, outputs).
    pub fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        const ROWS: usize = 64;
        let outputs = self.outputs.base.len();
        let mut out = vec![0.0; features.len() / width * outputs];
        out.par_chunks_mut(ROWS * outputs).zip(features.par_chunks(ROWS * width)).for_each(|(out, rows)| {
            let (mut shown, mut state) = (Vec::new(), vec![0.0; self.cell.hidden()]);
            let (mut space, mut head_space) = (GruSpace::default(), [Vec::new(), Vec::new()]);
            for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(outputs)) {
                state.fill(0.0);
                for step in 0..self.sequence.window {
                    shown.clear();
                    self.sequence.push(row, step, &mut shown);
                    self.cell.step(&shown, &mut state, &mut space);
                }
                shown.clear();
                self.inputs.push(row, &mut shown);
                shown.extend_from_slice(&state);
                apply_layers(&self.head, &shown, &mut head_space);
                self.outputs.unscaled(&head_space[0], out);
            }
        });
        out
    }
}
