//! Weighted least squares by descent: what all networks that are fitted to targets have in common.

use burn::tensor::{Device, Tensor};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use scaleout_model::OutputScale;

use crate::{
    error::TrainingError,
    learners::networks::{
        descent::{Descent, descend_until, device, matrix, numbers},
        held_out::{EarlyStopping, HeldOut},
        minibatches::Minibatches,
        shown::{output_scale_of, scaled_targets},
    },
    rows::sample::RowSample,
};

/// How often the held-out rows are looked at in a full fit.
const LOOKS: usize = 20;

/// Most gradient steps that a config may ask for however few the rows.
pub(crate) const MOST_STEPS: usize = 1_000_000;

/// How a network goes through its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course {
    /// Rows in a batch.
    pub batch: usize,
    /// Times that all rows are seen, as far as the bounds of the steps allow.
    pub epochs: f64,
    /// Fewest gradient steps of a fit from drawn weights.
    pub least_steps: usize,
    /// Most of them; where the two differ this one holds.
    pub most_steps: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// When to stop before all that.
    pub early_stopping: EarlyStopping,
}

impl Course {
    pub(crate) fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(1..=1 << 20).contains(&self.batch) {
            return out_of_range("batch", self.batch as f64, "1 to 1048576");
        }
        if !(0.0 < self.epochs && self.epochs <= 1e4) {
            return out_of_range("epochs", self.epochs, "above 0, at most 10000");
        }
        if self.most_steps == 0 {
            return out_of_range("most_steps", 0.0, "1 or more");
        }
        if MOST_STEPS < self.least_steps {
            return out_of_range("least_steps", self.least_steps as f64, "0 to 1000000");
        }
        if !(0.0 < self.learning_rate && self.learning_rate <= 1.0) {
            return out_of_range("learning_rate", self.learning_rate, "above 0, at most 1");
        }
        if !(0.0..=10.0).contains(&self.weight_decay) {
            return out_of_range("weight_decay", self.weight_decay, "0 to 10");
        }
        self.early_stopping.check().map_err(|error| error.within("early_stopping"))
    }
}

/// Rows and their weights, waiting for targets; a round starts from the parameters of the one before.
#[derive(Debug)]
pub(crate) struct Regression {
    course: Course,
    rows: HeldOut,
    weights: Vec<f64>,
    mean_weight: f64,
    seed: u64,
    fits: u64,
    before: Option<(usize, Vec<f32>)>,
    /// Where the tensors live.
    pub device: Device,
}

impl Regression {
    /// The rows of `sample` that weigh something.
    ///
    /// # Errors
    /// A course that is out of range.
    pub(crate) fn new(course: Course, sample: &RowSample, weights: Vec<f64>, seed: u64) -> Result<Self, TrainingError> {
        course.check()?;
        let rows = HeldOut::of(sample, &weights, course.early_stopping);
        let trained: f64 = rows.trained.iter().map(|&row| weights[row]).sum();
        let mean_weight = trained / rows.trained.len().max(1) as f64;
        Ok(Self { course, rows, weights, mean_weight, seed, fits: 0, before: None, device: device() })
    }

    /// The parameters of the network `forward` (what it makes of some rows, (rows, outputs)) that come nearest to
    /// `targets` (N × `outputs`), and the scale of its outputs; from parameters that `draw` draws or those before.
    pub(crate) fn solve(
        &mut self,
        targets: &[f64],
        outputs: usize,
        draw: impl FnOnce(&mut ChaCha8Rng) -> Vec<f32>,
        forward: impl Fn(&Tensor<1>, &[usize]) -> Tensor<2>,
    ) -> (Vec<f32>, OutputScale) {
        let scaling = output_scale_of(targets, outputs, &self.weights);
        let scaled = scaled_targets(&scaling, targets);
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.fits);
        self.fits += 1;
        let course = self.course;
        let mut batches = Minibatches::new(self.rows.trained.len(), course.batch);
        let mut descent = Descent {
            steps: batches.steps(course.epochs).max(course.least_steps).min(course.most_steps),
            learning_rate: course.learning_rate,
            weight_decay: course.weight_decay,
        };
        let start = match self.before.take() {
            Some((before, parameters)) if before == outputs => {
                descent = descent.again();
                parameters
            }
            _ => draw(&mut rng),
        };
        let missed = |parameters: &Tensor<1>, rows: &[usize]| -> Tensor<1> {
            let wanted = rows.iter().flat_map(|&row| &scaled[row * outputs..][..outputs]).copied().collect();
            let weights = rows.iter().map(|&row| (self.weights[row] / self.mean_weight) as f32).collect();
            let missed = (forward(parameters, rows) - matrix(wanted, outputs, &self.device)).square();
            (missed * matrix(weights, 1, &self.device)).mean()
        };
        let next_batch = |parameters: &Tensor<1>| {
            let rows: Vec<usize> =
                batches.next(&mut rng).iter().map(|&place| self.rows.trained[place as usize]).collect();
            missed(parameters, &rows)
        };
        let mut best = BestLoss { loss: f32::INFINITY, parameters: None, looks_since: 0 };
        let every = descent.steps.div_ceil(LOOKS);
        let last = descend_until(start, descent, &self.device, next_batch, |step, parameters| {
            let looks = !self.rows.watched.is_empty() && (step + 1) % every == 0;
            looks && {
                best.look(numbers(missed(parameters, &self.rows.watched))[0], parameters);
                course.early_stopping.patience <= best.looks_since
            }
        });
        let parameters = best.parameters.unwrap_or(last);
        self.before = Some((outputs, parameters.clone()));
        (parameters, scaling)
    }
}

/// The parameters that missed least on the held-out rows.
struct BestLoss {
    loss: f32,
    parameters: Option<Vec<f32>>,
    looks_since: usize,
}

impl BestLoss {
    fn look(&mut self, loss: f32, parameters: &Tensor<1>) {
        if loss < self.loss {
            *self = Self { loss, parameters: Some(numbers(parameters.clone())), looks_since: 0 };
        } else {
            self.looks_since += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use scaleout_model::{FractionGrid, SaleConstraints};

    use super::*;
    use crate::{
        fixtures::order_flow_market::paths,
        learners::{
            learner::Fitting,
            networks::perceptron::{MlpConfig, MlpFitting},
        },
    };

    /// Squared misses of a perceptron on trades that it has not seen, fitted to 200 trades of targets that are noise.
    fn missed(early_stopping: EarlyStopping) -> f64 {
        let of = |seed| {
            let (data, _) = paths(250, 0, seed);
            data.sample(&(0..250).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()))
        };
        let (train, test): (RowSample, RowSample) = (of(1), of(2));
        let config = MlpConfig { least_steps: 400, batch: 512, early_stopping, ..MlpConfig::default() };
        let mut fitting = MlpFitting::new(&config, &train, train.weights.clone(), 3).unwrap();
        let fitted = fitting.fit(&train.gain, 1).unwrap().regressor;
        let predicted = fitted.predict(&test.features, test.width);
        predicted.iter().zip(&test.gain).map(|(predicted, gain)| (predicted - gain).powi(2)).sum()
    }

    #[test]
    fn a_network_that_is_watched_learns_less_noise() {
        let stopped = EarlyStopping { held_out_share: 0.2, patience: 3 };
        let (watched, unwatched) = (missed(stopped), missed(EarlyStopping::default()));
        assert!(watched < unwatched, "{watched} {unwatched}");
    }
}
