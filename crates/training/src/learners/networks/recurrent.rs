//! A recurrent network: a gated recurrent unit reads the recent bars, a perceptron its state and the present row.

use burn::tensor::{Device, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_model::{AffineLayer, BarSequence, GruCell, GruRegressor, NetworkInputs, Regressor};
use serde::{Deserialize, Serialize};

use crate::{
    error::TrainingError,
    learners::{
        learner::{FitOutcome, Fitting, Learner},
        networks::{
            descent::matrix,
            gru_tensors,
            held_out::EarlyStopping,
            layers,
            layers::{MOST_LAYERS, Widths, scaled},
            regression::{Course, Regression},
            shown::{are_constant, inputs_of, sequence_of},
        },
    },
    rows::sample::RowSample,
};

/// Settings of the recurrent network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GruConfig {
    /// Bars it reads, the present one among them, 2 to 512.
    pub window: u32,
    /// Width of the recurrent state.
    pub hidden: usize,
    /// Width of each hidden layer of the perceptron behind it.
    pub head: Vec<usize>,
    /// Rows in a batch.
    pub batch: usize,
    /// Times that all rows are seen, if that takes no more than `most_steps`.
    pub epochs: f64,
    /// Most gradient steps of a fit: a step costs some sixteen of a perceptron's.
    pub most_steps: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// When a fit stops before its last step.
    pub early_stopping: EarlyStopping,
}

impl Default for GruConfig {
    fn default() -> Self {
        Self {
            window: 16,
            hidden: 16,
            head: vec![32],
            batch: 512,
            epochs: 4.0,
            most_steps: 400,
            learning_rate: 5e-3,
            weight_decay: 1e-2,
            early_stopping: EarlyStopping::default(),
        }
    }
}

impl GruConfig {
    fn course(&self) -> Course {
        Course {
            batch: self.batch,
            epochs: self.epochs,
            least_steps: 1,
            most_steps: self.most_steps,
            learning_rate: self.learning_rate,
            weight_decay: self.weight_decay,
            early_stopping: self.early_stopping,
        }
    }
}

impl Learner for GruConfig {
    fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(2..=512).contains(&self.window) {
            return out_of_range("window", f64::from(self.window), "2 to 512");
        }
        if let Some(width) = self.head.iter().chain([&self.hidden]).find(|width| !(1..=1024).contains(*width)) {
            return out_of_range("hidden or head", *width as f64, "1 to 1024");
        }
        if MOST_LAYERS < self.head.len() {
            return out_of_range("head", self.head.len() as f64, "no more than 16 widths");
        }
        self.course().check()
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(GruFitting::new(self, sample, weights, seed)?))
    }

    fn is_flexible(&self) -> bool {
        true
    }

    fn window(&self) -> u32 {
        self.window
    }

    fn draws(&self) -> bool {
        true
    }

    fn weighs_noise(&self) -> bool {
        true
    }

    fn variations(&self) -> Vec<Self> {
        vec![self.clone()]
    }

    // Learning rate, width and weight decay.
    fn wide_variations(&self) -> Vec<Self> {
        let wide = |up: usize, down: usize| Self {
            hidden: (self.hidden * up / down).max(1),
            head: scaled(&self.head, up, down),
            ..self.clone()
        };
        let rate = |factor: f64| Self { learning_rate: (self.learning_rate * factor).min(1.0), ..self.clone() };
        let decay = Self { weight_decay: (self.weight_decay * 10.0).min(10.0), ..self.clone() };
        vec![rate(0.4), rate(2.5), wide(2, 1), wide(1, 2), decay]
    }

    #[cfg(test)]
    fn small() -> Self {
        Self { window: 3, hidden: 4, head: vec![8], most_steps: 15, batch: 128, ..Self::default() }
    }
}

/// The shapes of all parameters: the unit's two affine maps, then the perceptron.
#[derive(Debug, Clone)]
struct Shapes {
    hidden: usize,
    input: Widths,
    state: Widths,
    head: Widths,
}

impl Shapes {
    fn drawn(&self, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut parameters = Vec::new();
        for widths in [&self.input, &self.state] {
            let deviation = 1.0 / (widths.0[0] as f64).sqrt();
            let weights = (0..widths.0[0] * widths.0[1]).map(|_| deviation * rng.sample::<f64, _>(StandardNormal));
            parameters.extend(weights.map(|weight| weight as f32));
            parameters.extend(std::iter::repeat_n(0.0, widths.0[1]));
        }
        parameters.extend(self.head.drawn(rng));
        parameters
    }

    /// What the network makes of a batch: `steps` of the sequence, oldest first, and the present rows.
    fn forward(&self, parameters: &Tensor<1>, steps: Vec<Tensor<2>>, present: Tensor<2>) -> Tensor<2> {
        let cell = [self.input.parts(parameters, 0), self.state.parts(parameters, self.input.parameters())].concat();
        let head = self.head.parts(parameters, self.input.parameters() + self.state.parameters());
        let nothing = Tensor::zeros([present.dims()[0], self.hidden], &present.device());
        let state = steps.into_iter().fold(nothing, |state, input| gru_tensors::forward(&cell, input, state));
        layers::forward(&head, Tensor::cat(vec![present, state], 1))
    }

    fn cell(&self, parameters: &[f32]) -> GruCell {
        let (input, state) = parameters.split_at(self.input.parameters());
        let only = |widths: &Widths, parameters: &[f32]| widths.layers(parameters).remove(0);
        GruCell { input: only(&self.input, input), state: only(&self.state, state) }
    }

    fn head(&self, parameters: &[f32]) -> Vec<AffineLayer> {
        self.head.layers(&parameters[self.input.parameters() + self.state.parameters()..])
    }
}

/// A recurrent network waiting for targets.
pub(crate) struct GruFitting<'a> {
    config: &'a GruConfig,
    rows: Rows<'a>,
    regression: Regression,
}

/// What the network is shown of rows.
struct Rows<'a> {
    sample: &'a RowSample,
    inputs: NetworkInputs,
    sequence: BarSequence,
    device: Device,
}

impl Rows<'_> {
    /// The steps and the present of some rows, as tensors.
    fn shown(&self, rows: &[usize]) -> (Vec<Tensor<2>>, Tensor<2>) {
        let shown = |push: &dyn Fn(&[f32], &mut Vec<f32>), width: usize| {
            let mut values = Vec::with_capacity(rows.len() * width);
            rows.iter().for_each(|&row| push(self.sample.row(row), &mut values));
            matrix(values, width, &self.device)
        };
        let step = |step: usize| shown(&|row, out| self.sequence.push(row, step, out), self.sequence.width());
        let present = shown(&|row, out| self.inputs.push(row, out), self.inputs.width());
        ((0..self.sequence.window).map(step).collect(), present)
    }
}

impl<'a> GruFitting<'a> {
    pub(crate) fn new(
        config: &'a GruConfig,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        config.check()?;
        let inputs = inputs_of(sample);
        if are_constant(&inputs, sample) {
            return Err(TrainingError::NothingVaries { features: sample.width });
        }
        let sequence = sequence_of(sample, &inputs.features);
        let regression = Regression::new(config.course(), sample, weights, seed)?;
        let device = regression.device.clone();
        Ok(Self { config, rows: Rows { sample, inputs, sequence, device }, regression })
    }

    fn shapes(&self, outputs: usize) -> Shapes {
        let hidden = self.config.hidden;
        let inputs = self.rows.inputs.width() + hidden;
        let head = [inputs].into_iter().chain(self.config.head.iter().copied()).chain([outputs]);
        Shapes {
            hidden,
            input: Widths(vec![self.rows.sequence.width(), 3 * hidden]),
            state: Widths(vec![hidden, 3 * hidden]),
            head: Widths(head.collect()),
        }
    }
}

impl Fitting for GruFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        let shapes = self.shapes(outputs);
        let shown = &self.rows;
        let draw = |rng: &mut ChaCha8Rng| shapes.drawn(rng);
        let (parameters, scaling) = self.regression.solve(targets, outputs, draw, |parameters, rows| {
            let (steps, present) = shown.shown(rows);
            shapes.forward(parameters, steps, present)
        });
        let regressor = GruRegressor {
            inputs: self.rows.inputs.clone(),
            sequence: self.rows.sequence.clone(),
            cell: shapes.cell(&parameters),
            head: shapes.head(&parameters),
            outputs: scaling,
        };
        Ok(Regressor::Gru(regressor).into())
    }
}

#[cfg(test)]
mod tests {
    use scaleout_model::{FractionGrid, SaleConstraints};

    use super::*;
    use crate::{
        fixtures::order_flow_market::windowed_paths,
        learners::networks::descent::{flat, numbers},
    };

    #[test]
    fn what_is_used_is_what_was_trained_and_the_bars_before_count() {
        let data = windowed_paths(30, 4, 1);
        let sample = data.sample(&(0..30).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()));
        let config =
            GruConfig { window: 4, hidden: 5, head: vec![6], most_steps: 30, batch: 64, ..GruConfig::default() };
        let mut fitting = GruFitting::new(&config, &sample, sample.weights.clone(), 3).unwrap();
        let targets: Vec<f64> = sample.gain.iter().flat_map(|gain| [*gain, 1.0 - gain]).collect();
        let Regressor::Gru(gru) = fitting.fit(&targets, 2).unwrap().regressor else {
            panic!("a recurrent network is fitted")
        };
        let layers = [&gru.cell.input, &gru.cell.state].into_iter().chain(&gru.head).cloned().collect::<Vec<_>>();
        let parameters = flat(layers::flattened(&layers), &fitting.rows.device);
        let (steps, present) = fitting.rows.shown(&(0..sample.rows()).collect::<Vec<_>>());
        let forward = numbers(fitting.shapes(2).forward(&parameters, steps, present));
        let used = gru.predict(&sample.features, sample.width);
        for (place, (used, trained)) in used.iter().zip(forward).enumerate() {
            let trained = gru.outputs.base[place % 2] + gru.outputs.scale[place % 2] * f64::from(trained);
            // The tangents differ by 1e-6, the sums are of f32 in another order.
            assert!((used - trained).abs() < 1e-5, "{used} {trained}");
        }
        let mut moved = sample.features.clone();
        // The signal three bars before.
        moved.iter_mut().skip(sample.width - 2).step_by(sample.width).for_each(|value| *value += 1.0);
        let moved = gru.predict(&moved, sample.width);
        assert!(moved.iter().zip(&used).filter(|(moved, used)| moved != used).count() > used.len() / 2);
        let nothing = gru.predict(&vec![f32::NAN; sample.width], sample.width);
        assert!(nothing.iter().all(|value| value.is_finite()), "{nothing:?}");
    }
}
