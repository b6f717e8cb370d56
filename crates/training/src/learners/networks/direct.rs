//! A perceptron that maximises J itself: the hold values that were fitted are moved along the gradient of the
//! softened replay.
//!
//! What comes out are still hold values and still acted on by the argmax. Regression spends its precision where rows
//! are many; this spends it where decisions turn.

use burn::tensor::Tensor;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use scaleout_model::{MlpRegressor, Regressor};
use serde::{Deserialize, Serialize};

use crate::{
    error::TrainingError,
    learners::{
        learner::{FitOutcome, Fitting, Learner},
        networks::{
            descent::{Descent, descend, device, matrix},
            layers,
            minibatches::Minibatches,
            perceptron::{MlpConfig, MlpFitting},
            regression::MOST_STEPS,
            soft_replay::Stage,
        },
    },
    problem::{rewards::Rewards, task::LearningTask},
    rows::sample::RowSample,
};

/// Settings of the direct learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DirectConfig {
    /// The perceptron that it starts from.
    pub network: MlpConfig,
    /// Times that all trades are seen in the softened replay; 0 leaves the perceptron as it was fitted.
    pub epochs: f64,
    /// Fewest gradient steps, however few the trades; none where `epochs` is 0.
    pub least_steps: usize,
    /// Trades in a batch.
    pub batch: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Softness of the first decisions, in mean deviations of the hold value of one tranche; it falls to a tenth.
    pub temperature: f64,
}

impl Default for DirectConfig {
    fn default() -> Self {
        Self {
            network: MlpConfig::default(),
            epochs: 4.0,
            least_steps: 100,
            batch: 128,
            learning_rate: 1e-3,
            temperature: 0.2,
        }
    }
}

impl Learner for DirectConfig {
    fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(0.0..=1e4).contains(&self.epochs) {
            return out_of_range("epochs", self.epochs, "0 to 10000");
        }
        if !(1..=1 << 16).contains(&self.batch) {
            return out_of_range("batch", self.batch as f64, "1 to 65536");
        }
        if !(0.0 < self.learning_rate && self.learning_rate <= 1.0) {
            return out_of_range("learning_rate", self.learning_rate, "above 0, at most 1");
        }
        if !(0.0 < self.temperature && self.temperature <= 100.0) {
            return out_of_range("temperature", self.temperature, "above 0, at most 100");
        }
        if MOST_STEPS < self.least_steps {
            return out_of_range("least_steps", self.least_steps as f64, "0 to 1000000");
        }
        self.network.check().map_err(|error| error.within("network"))
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(DirectFitting::new(self, sample, weights, seed)?))
    }

    fn is_flexible(&self) -> bool {
        true
    }

    fn draws(&self) -> bool {
        true
    }

    fn variations(&self) -> Vec<Self> {
        vec![self.clone(), Self { epochs: 0.0, ..self.clone() }]
    }

    // Its own learning rate and softness; the perceptron it starts from stays.
    fn wide_variations(&self) -> Vec<Self> {
        let rate = |factor: f64| Self { learning_rate: (self.learning_rate * factor).min(1.0), ..self.clone() };
        vec![rate(0.3), rate(3.0), Self { temperature: self.temperature * 0.5, ..self.clone() }]
    }

    #[cfg(test)]
    fn small() -> Self {
        Self { network: MlpConfig::small(), epochs: 0.1, least_steps: 5, batch: 32, ..Self::default() }
    }
}

/// The perceptron's fitting, and what comes after it.
pub(crate) struct DirectFitting<'a> {
    config: &'a DirectConfig,
    network: MlpFitting<'a>,
    weights: Vec<f64>,
    seed: u64,
}

impl<'a> DirectFitting<'a> {
    pub(crate) fn new(
        config: &'a DirectConfig,
        sample: &RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        config.check()?;
        let network = MlpFitting::new(&config.network, sample, weights.clone(), seed)?;
        Ok(Self { config, network, weights, seed })
    }

    fn descended(
        &self,
        problem: &LearningTask,
        sample: &RowSample,
        rewards: Rewards<'_>,
        from: &MlpRegressor,
    ) -> MlpRegressor {
        let (grid, device) = (problem.grid, device());
        let weight = |trade: usize| self.weights[sample.trades[trade].first_row];
        let drawn: Vec<usize> = (0..sample.trades.len()).filter(|&trade| 0.0 < weight(trade)).collect();
        let mut batches = Minibatches::new(drawn.len(), self.config.batch);
        let descent = Descent {
            steps: batches.steps(self.config.epochs).max(self.config.least_steps),
            learning_rate: self.config.learning_rate,
            weight_decay: self.config.network.weight_decay,
        };
        let scales = &from.outputs.scale;
        let tranche = scales.iter().sum::<f64>() / scales.len() as f64 / grid.tranches as f64;
        let (to_hold, base) = held_values(from, grid.tranches);
        let to_hold = matrix(to_hold, grid.outputs(), &device);
        let base = matrix(base, grid.outputs(), &device);
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(u64::MAX);
        let widths = layers::widths(&from.layers);
        let mut step = 0;
        let parameters = descend(layers::flattened(&from.layers), descent, &device, |parameters| {
            let places = batches.next(&mut rng).iter().map(|&place| drawn[place as usize]);
            let trades: Vec<(usize, f32)> = places.map(|trade| (trade, weight(trade) as f32)).collect();
            let share = step as f64 / descent.steps as f64;
            step += 1;
            let temperature = self.config.temperature * tranche * 0.1_f64.powf(share);
            let stage = Stage::new(problem, sample, rewards, &trades, &device);
            let parts = widths.parts(parameters, 0);
            let mean: Tensor<1> = stage.objective(temperature as f32, |step| {
                let mut shown = Vec::with_capacity(trades.len() * from.inputs.width());
                for &(trade, _) in &trades {
                    let trade = &sample.trades[trade];
                    from.inputs.push(sample.row(trade.first_row + step.min(trade.steps - 1)), &mut shown);
                }
                let out = layers::forward(&parts, matrix(shown, from.inputs.width(), &device));
                out.matmul(to_hold.clone()) + base.clone()
            });
            // In tranches and not in R, so that what a unit is called changes nothing.
            -mean / tranche as f32
        });
        MlpRegressor { layers: widths.layers(&parameters), ..from.clone() }
    }
}

/// The affine step from a network's outputs to hold values: (outputs, outputs), and what is added.
fn held_values(from: &MlpRegressor, tranches: usize) -> (Vec<f32>, Vec<f32>) {
    let outputs = from.outputs.base.len();
    let (mut matrix, mut base) = (vec![0.0; outputs * outputs], vec![0.0; outputs]);
    for output in 0..outputs {
        let first = output / tranches * tranches;
        for part in first..=output {
            matrix[part * outputs + output] = (from.outputs.scale[part] / tranches as f64) as f32;
            base[output] += (from.outputs.base[part] / tranches as f64) as f32;
        }
    }
    (matrix, base)
}

impl Fitting for DirectFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        self.network.fit(targets, outputs)
    }

    fn refine(
        &mut self,
        problem: &LearningTask,
        sample: &RowSample,
        rewards: Rewards<'_>,
        regressor: &Regressor,
    ) -> Result<Option<Regressor>, TrainingError> {
        match regressor {
            Regressor::Mlp(from) if 0.0 < self.config.epochs => {
                Ok(Some(Regressor::Mlp(self.descended(problem, sample, rewards, from))))
            }
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use scaleout_model::{FractionGrid, SaleConstraints, Shape};

    use super::*;
    use crate::{
        fixtures::order_flow_market::{objective, paths},
        problem::{target_table::TargetTable, targets::realised_values},
    };

    #[test]
    fn a_perceptron_that_knows_little_earns_more_after_it() {
        let (data, _) = paths(200, 0, 1);
        let problem = LearningTask {
            grid: FractionGrid::new(4, &SaleConstraints::default()),
            objective: objective(),
            shape: Shape::Concave,
        };
        let sample = data.sample(&(0..200).collect::<Vec<_>>(), problem.grid);
        let network = MlpConfig { hidden: vec![8], least_steps: 20, epochs: 0.1, ..MlpConfig::default() };
        let config =
            DirectConfig { network, epochs: 1.0, least_steps: 40, learning_rate: 1e-2, ..DirectConfig::default() };
        let mut fitting = DirectFitting::new(&config, &sample, sample.weights.clone(), 1).unwrap();
        let rewards = Rewards::realised(&sample);
        let hold = TargetTable::hold(&sample, problem.grid);
        let mut targets = realised_values(&sample, problem.grid, &problem.objective, rewards, &hold, None);
        crate::problem::marginals::to_marginals(&mut targets, 4);
        let before = fitting.fit(&targets, 4).unwrap().regressor;
        let after = fitting.refine(&problem, &sample, rewards, &before).unwrap().unwrap();
        let reached = |regressor: &Regressor| problem.score(&sample, &problem.policy(regressor, &sample)).1;
        assert!(reached(&before) + 0.01 < reached(&after), "{} {}", reached(&before), reached(&after));
    }
}
