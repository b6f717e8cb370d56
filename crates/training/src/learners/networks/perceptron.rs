//! A multilayer perceptron: all bars and all fractions in one network.

use scaleout_model::{MlpRegressor, NetworkInputs, Regressor};
use serde::{Deserialize, Serialize};

use crate::{
    error::TrainingError,
    learners::{
        learner::{FitOutcome, Fitting, Learner},
        networks::{
            descent::matrix,
            held_out::EarlyStopping,
            layers,
            layers::{MOST_LAYERS, Widths, scaled},
            regression::{Course, Regression},
            shown::{are_constant, inputs_of},
        },
    },
    rows::sample::RowSample,
};

/// Settings of the multilayer perceptron.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MlpConfig {
    /// Width of each hidden layer.
    pub hidden: Vec<usize>,
    /// Rows in a batch.
    pub batch: usize,
    /// Times that all rows are seen; at least `least_steps` batches.
    pub epochs: f64,
    /// Fewest gradient steps of a fit from drawn weights, however few the rows.
    pub least_steps: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// When a fit stops before its last step.
    pub early_stopping: EarlyStopping,
}

impl Default for MlpConfig {
    fn default() -> Self {
        Self {
            hidden: vec![32, 32],
            batch: 1024,
            epochs: 6.0,
            least_steps: 1_000,
            learning_rate: 5e-3,
            weight_decay: 1e-2,
            early_stopping: EarlyStopping::default(),
        }
    }
}

impl MlpConfig {
    fn course(&self) -> Course {
        Course {
            batch: self.batch,
            epochs: self.epochs,
            least_steps: self.least_steps,
            most_steps: usize::MAX,
            learning_rate: self.learning_rate,
            weight_decay: self.weight_decay,
            early_stopping: self.early_stopping,
        }
    }
}

impl Learner for MlpConfig {
    fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if self.hidden.is_empty() || self.hidden.iter().any(|width| !(1..=1024).contains(width)) {
            let value = self.hidden.iter().copied().max().unwrap_or(0) as f64;
            return out_of_range("hidden", value, "one or more widths of 1 to 1024");
        }
        if MOST_LAYERS < self.hidden.len() {
            return out_of_range("hidden", self.hidden.len() as f64, "no more than 16 widths");
        }
        self.course().check()
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(MlpFitting::new(self, sample, weights, seed)?))
    }

    fn is_flexible(&self) -> bool {
        true
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
        let wide = |up: usize, down: usize| Self { hidden: scaled(&self.hidden, up, down), ..self.clone() };
        let rate = |factor: f64| Self { learning_rate: (self.learning_rate * factor).min(1.0), ..self.clone() };
        let decay = Self { weight_decay: (self.weight_decay * 10.0).min(10.0), ..self.clone() };
        vec![rate(0.4), rate(2.5), wide(2, 1), wide(1, 2), decay]
    }

    #[cfg(test)]
    fn small() -> Self {
        Self { hidden: vec![12], batch: 128, epochs: 0.1, least_steps: 80, ..Self::default() }
    }
}

/// The perceptron fitted to `targets` (N × `outputs`) on rows of `width` features, without any rounds of policy
/// improvement; `time_feature` is the place of the bars to the horizon in a row.
///
/// # Errors
/// Settings out of range, rows in which nothing varies.
pub fn fit_perceptron(
    config: &MlpConfig,
    features: &[f32],
    width: usize,
    time_feature: usize,
    targets: &[f64],
    outputs: usize,
    seed: u64,
) -> Result<MlpRegressor, TrainingError> {
    let rows = features.len() / width;
    let sample = RowSample {
        width,
        time_feature,
        market: 0,
        bars_before: 0,
        features: features.to_vec(),
        tree_rows: Default::default(),
        gain: vec![0.0; rows],
        variance: vec![0.0; rows],
        weights: vec![1.0; rows],
        bars_to_horizon: features.iter().skip(time_feature).step_by(width).map(|bars| *bars as u32).collect(),
        sale_cost: Vec::new(),
        trades: Vec::new(),
    };
    Ok(MlpFitting::new(config, &sample, sample.weights.clone(), seed)?.regressor(targets, outputs))
}

/// A perceptron waiting for targets; the rows are scaled once.
pub(crate) struct MlpFitting<'a> {
    config: &'a MlpConfig,
    inputs: NetworkInputs,
    /// (N, inputs).
    shown: Vec<f32>,
    regression: Regression,
}

impl<'a> MlpFitting<'a> {
    pub(crate) fn new(
        config: &'a MlpConfig,
        sample: &RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        config.check()?;
        let inputs = inputs_of(sample);
        if are_constant(&inputs, sample) {
            return Err(TrainingError::NothingVaries { features: sample.width });
        }
        let mut shown = Vec::with_capacity(sample.rows() * inputs.width());
        (0..sample.rows()).for_each(|row| inputs.push(sample.row(row), &mut shown));
        let regression = Regression::new(config.course(), sample, weights, seed)?;
        Ok(Self { config, inputs, shown, regression })
    }
}

impl Fitting for MlpFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        Ok(Regressor::Mlp(self.regressor(targets, outputs)).into())
    }
}

impl MlpFitting<'_> {
    fn regressor(&mut self, targets: &[f64], outputs: usize) -> MlpRegressor {
        let width = self.inputs.width();
        let widths = Widths([width].into_iter().chain(self.config.hidden.iter().copied()).chain([outputs]).collect());
        let (shown, device) = (&self.shown, self.regression.device.clone());
        let draw = |rng: &mut _| widths.drawn(rng);
        let (parameters, scaling) = self.regression.solve(targets, outputs, draw, |parameters, rows| {
            let shown = rows.iter().flat_map(|&row| &shown[row * width..][..width]).copied().collect();
            layers::forward(&widths.parts(parameters, 0), matrix(shown, width, &device))
        });
        MlpRegressor { inputs: self.inputs.clone(), layers: widths.layers(&parameters), outputs: scaling }
    }
}

#[cfg(test)]
mod tests {
    use scaleout_model::{FractionGrid, SaleConstraints};

    use super::*;
    use crate::{
        fixtures::order_flow_market::paths,
        learners::networks::descent::{flat, numbers},
    };

    #[test]
    fn what_is_used_is_what_was_trained() {
        let (data, _) = paths(30, 1, 1);
        let sample = data.sample(&(0..30).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()));
        let config = MlpConfig { hidden: vec![8, 5], least_steps: 40, epochs: 0.1, ..MlpConfig::default() };
        let mut fitting = MlpFitting::new(&config, &sample, sample.weights.clone(), 3).unwrap();
        let targets: Vec<f64> = sample.gain.iter().flat_map(|gain| [*gain, 1.0 - gain]).collect();
        let Regressor::Mlp(mlp) = fitting.fit(&targets, 2).unwrap().regressor else { panic!("a perceptron is fitted") };
        let parameters = flat(layers::flattened(&mlp.layers), &fitting.regression.device);
        let shown = matrix(fitting.shown.clone(), fitting.inputs.width(), &fitting.regression.device);
        let forward = numbers(layers::forward(&layers::widths(&mlp.layers).parts(&parameters, 0), shown));
        let used = mlp.predict(&sample.features, sample.width);
        for (place, (used, trained)) in used.iter().zip(forward).enumerate() {
            let trained = mlp.outputs.base[place % 2] + mlp.outputs.scale[place % 2] * f64::from(trained);
            // Sums of some ten terms of unit size in f32, in another order.
            assert!((used - trained).abs() < 1e-5, "{used} {trained}");
        }
    }

    #[test]
    fn a_missing_value_is_predicted_for() {
        let (data, _) = paths(30, 0, 1);
        let mut sample = data.sample(&(0..30).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()));
        let width = sample.width;
        sample.features.iter_mut().step_by(3 * width).for_each(|value| *value = f32::NAN);
        let config = MlpConfig { least_steps: 10, epochs: 0.1, ..MlpConfig::default() };
        let mut fitting = MlpFitting::new(&config, &sample, sample.weights.clone(), 3).unwrap();
        let regressor = fitting.fit(&sample.gain, 1).unwrap().regressor;
        assert!(regressor.predict(&sample.features, width).iter().all(|value| value.is_finite()));
        let nothing = vec![f32::NAN; width];
        assert!(regressor.predict(&nothing, width)[0].is_finite());
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let config = MlpConfig { hidden: vec![0], ..MlpConfig::default() };
        assert!(config.check().unwrap_err().to_string().contains("hidden"));
    }
}
