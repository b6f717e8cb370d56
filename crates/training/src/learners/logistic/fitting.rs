//! Logistic regression of whether a rank of the position is worth more held than sold, weighed by what is at stake.
//!
//! A row whose target lies far from the price of selling costs more when it is got wrong, so rows are drawn in
//! proportion to that distance (linfa takes no weights), and linfa's logistic regression finds the side. Its logit is
//! affine in the terms of the linear learner, so hold values in R are too: the price of selling plus a multiple of
//! the logit. They cross that price exactly where the logit changes its sign.

use linfa::{Dataset, traits::Fit};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scaleout_model::{LinearRegressor, Regressor};
use serde::{Deserialize, Serialize};

use crate::{
    error::TrainingError,
    learners::{
        learner::{FitOutcome, Fitting, Learner},
        linear::{
            config::{LinearConfig, SPLINE_KNOTS},
            fitting::{LinearFitting, MOST_PENALTY},
        },
        logistic::draws::drawn,
    },
    rows::sample::RowSample,
};

/// Most steps of the quasi-Newton method, which starts from the ridge fit of the targets.
const MOST_STEPS: u64 = 15;

/// Settings of the logistic learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogisticConfig {
    /// Highest total degree of a product of the interacting features, 1 to 5.
    pub degree: u32,
    /// Knots of splines in place of powers, as in the linear learner; 0 takes powers.
    pub knots: usize,
    /// How many features enter products or splines, as in the linear learner.
    pub interacting: usize,
    /// Most features that enter at all.
    pub most_features: usize,
    /// Strength of the squared penalty, relative to the mean loss of a row and terms of unit deviation.
    pub penalty: f64,
    /// Most rows drawn for each number predicted; never more than there are.
    pub draws: usize,
}

impl Default for LogisticConfig {
    fn default() -> Self {
        Self { degree: 3, knots: 0, interacting: 3, most_features: 24, penalty: 1e-3, draws: 8_000 }
    }
}

impl LogisticConfig {
    /// The settings of the terms, which are those of a linear learner.
    fn terms(&self) -> LinearConfig {
        LinearConfig {
            degree: self.degree,
            knots: self.knots,
            interacting: self.interacting,
            most_features: self.most_features,
            l1_ratio: 0.0,
            ..LinearConfig::default()
        }
    }
}

impl Learner for LogisticConfig {
    fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(0.0..=MOST_PENALTY).contains(&self.penalty) {
            return out_of_range("penalty", self.penalty, "0 to 1000000");
        }
        if self.draws == 0 {
            return out_of_range("draws", 0.0, "1 or more");
        }
        self.terms().check()
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(LogisticFitting::new(self, sample, weights, seed)?))
    }

    fn is_flexible(&self) -> bool {
        false
    }

    fn draws(&self) -> bool {
        true
    }

    fn variations(&self) -> Vec<Self> {
        let penalties = [1.0, 30.0].map(|factor| Self { penalty: self.penalty * factor, ..self.clone() });
        let splines = (self.knots == 0).then(|| Self { knots: SPLINE_KNOTS, ..self.clone() });
        penalties.into_iter().chain(splines).collect()
    }

    // Degree and a weaker penalty.
    fn wide_variations(&self) -> Vec<Self> {
        let with = |degree: u32, penalty| Self { degree: degree.clamp(1, 5), penalty, ..self.clone() };
        vec![
            with(self.degree - 1, self.penalty),
            with(self.degree + 1, self.penalty),
            with(self.degree, self.penalty * 0.1),
        ]
    }

    #[cfg(test)]
    fn small() -> Self {
        Self { draws: 2_500, ..Self::default() }
    }
}

/// The logistic learner, waiting for targets.
pub(crate) struct LogisticFitting<'a> {
    config: &'a LogisticConfig,
    sample: &'a RowSample,
    weights: Vec<f64>,
    seed: u64,
    /// Terms and their run over time; also fits what is wanted for its mean.
    linear: LinearFitting<'a>,
}

impl<'a> LogisticFitting<'a> {
    pub(crate) fn new(
        config: &'a LogisticConfig,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        config.check()?;
        let linear = LinearFitting::new(config.terms(), sample, weights.clone())?;
        Ok(Self { config, sample, weights, seed, linear })
    }

    /// What a rank must be worth to be held, in R for one whole unit: less the least cost a tranche can be sold at,
    /// in the mean over rows.
    fn price_of_selling(&self) -> f64 {
        let (mut total, mut weight) = (0.0, 0.0);
        for trade in &self.sample.trades {
            let tranches = trade.end_cost.len() as f64;
            let each = (1..).zip(&trade.shown_cost[1..]).map(|(sold, cost)| cost / f64::from(sold));
            let rows: f64 = self.weights[trade.first_row..][..trade.steps].iter().sum();
            total -= rows * tranches * each.fold(f64::INFINITY, f64::min);
            weight += rows;
        }
        total / weight
    }

    /// The logit of holding one output in the columns of the linear learner; `None` where every row drawn is on one
    /// side of `price`.
    fn logit(&self, targets: &[f64], price: f64, output: usize) -> Result<Option<Vec<f64>>, TrainingError> {
        let stakes = targets.iter().zip(&self.weights).map(|(target, weight)| (target - price).abs() * weight);
        let count = self.config.draws.min(targets.len());
        let rows = drawn(stakes, count, self.seed, output as u64);
        let holds: Array1<bool> = rows.iter().map(|&row| price < targets[row]).collect();
        if holds.iter().all(|&hold| hold) || !holds.iter().any(|&hold| hold) {
            return Ok(None);
        }
        let (columns, constant) = (self.linear.columns(), self.linear.far_constant());
        let held = holds.iter().filter(|&&hold| hold).count();
        // linfa calls the larger class positive, of two equal ones the first.
        let positive = if 2 * held == rows.len() { holds[0] } else { rows.len() < 2 * held };
        let start = self.start(targets, price, if positive { 1.0 } else { -1.0 })?;
        let mut values = self.linear.in_columns(&rows);
        // linfa's own intercept takes its place, because it is not penalised.
        values.iter_mut().skip(constant).step_by(columns).for_each(|value| *value = 0.0);
        let values = Array2::from_shape_vec((rows.len(), columns), values)
            .expect("Invariant: rows of equal width fill their buffer");
        // linfa sums the loss over rows.
        let fitted = LogisticRegression::default()
            .alpha(self.config.penalty * rows.len() as f64)
            .initial_params(start)
            .max_iterations(MOST_STEPS)
            .gradient_tolerance(1e-4 * rows.len() as f64)
            .fit(&Dataset::new(values, holds))
            .map_err(|error| TrainingError::Learner { learner: "logistic", message: error.to_string() })?;
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        let mut logit: Vec<f64> = fitted.params().iter().map(|value| sign * value).collect();
        logit[constant] = sign * fitted.intercept();
        Ok(Some(logit))
    }

    /// The ridge fit of what the targets lie above `price`, scaled to a logit, linfa's intercept last.
    fn start(&self, targets: &[f64], price: f64, sign: f64) -> Result<Array1<f64>, TrainingError> {
        let mut fitted = self.linear.ridge(targets, 1)?.remove(0);
        let stakes = targets.iter().zip(&self.weights).map(|(target, weight)| (target - price).abs() * weight);
        let stake = stakes.sum::<f64>() / self.weights.iter().sum::<f64>();
        let constant = self.linear.far_constant();
        let intercept = std::mem::take(&mut fitted[constant]) - price;
        fitted.push(intercept);
        // Small logits l mean odds that differ by l, and so a mean of half the mean stake times l.
        Ok(fitted.into_iter().map(|value| sign * 2.0 * value / stake).collect())
    }

    /// The multiple of `logits` that is nearest in least squares to what `targets` lie above `price`; (N) each.
    fn multiple(&self, logits: &[f64], targets: &[f64], price: f64) -> f64 {
        let (mut cross, mut square) = (0.0, 0.0);
        for ((logit, target), weight) in logits.iter().zip(targets).zip(&self.weights) {
            cross += weight * logit * (target - price);
            square += weight * logit * logit;
        }
        if 0.0 < square { cross / square } else { 0.0 }
    }

    /// The columns of one output in R. Where the rows drawn are on one side, or the logit tells nothing of the value,
    /// that is the mean of the targets.
    fn output(&self, targets: &[f64], price: f64, output: usize) -> Result<Vec<f64>, TrainingError> {
        let constant = self.linear.far_constant();
        if let Some(mut columns) = self.logit(targets, price, output)? {
            let logits: LinearRegressor = self.linear.regressor(std::slice::from_ref(&columns));
            let logits = logits.predict(&self.sample.features, self.sample.width);
            let multiple = self.multiple(&logits, targets, price);
            if 0.0 < multiple {
                columns.iter_mut().for_each(|value| *value *= multiple);
                columns[constant] += price;
                return Ok(columns);
            }
        }
        let mut columns = vec![0.0; self.linear.columns()];
        let weight: f64 = self.weights.iter().sum();
        columns[constant] =
            targets.iter().zip(&self.weights).map(|(target, weight)| target * weight).sum::<f64>() / weight;
        Ok(columns)
    }
}

impl Fitting for LogisticFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        let price = self.price_of_selling();
        let columns = (0..outputs).into_par_iter().map(|output| {
            let targets: Vec<f64> = targets.iter().skip(output).step_by(outputs).copied().collect();
            self.output(&targets, price, output)
        });
        let columns = columns.collect::<Vec<_>>().into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Regressor::Linear(self.linear.regressor(&columns)).into())
    }

    fn means(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        self.linear.means(targets, outputs)
    }
}

#[cfg(test)]
mod tests {
    use scaleout_model::{FractionGrid, SaleConstraints};

    use super::*;
    use crate::fixtures::order_flow_market::paths;

    fn config() -> LogisticConfig {
        LogisticConfig { draws: 5_000, ..LogisticConfig::default() }
    }

    fn sample() -> RowSample {
        let (data, _) = paths(200, 0, 1);
        data.sample(&(0..200).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()))
    }

    fn fitted(sample: &RowSample, targets: &[f64], outputs: usize) -> Regressor {
        let config = config();
        let mut fitting = LogisticFitting::new(&config, sample, sample.weights.clone(), 1).unwrap();
        fitting.fit(targets, outputs).unwrap().regressor
    }

    /// The least cost of selling a quarter is .025 + .5 / 16.
    const PRICE: f64 = -0.225;

    #[test]
    fn values_cross_the_price_of_selling_where_the_sign_of_the_target_changes() {
        let sample = sample();
        let signal = |row: usize| f64::from(sample.row(row)[0]);
        // Steps, not lines: only the side says something.
        let targets: Vec<f64> =
            (0..sample.rows()).map(|row| PRICE + if 0.1 < signal(row) { 0.4 } else { -0.4 }).collect();
        let values = fitted(&sample, &targets, 1).predict(&sample.features, sample.width);
        let right = (0..sample.rows()).filter(|&row| (PRICE < values[row]) == (0.1 < signal(row))).count();
        assert!(0.97 < right as f64 / sample.rows() as f64, "{right} of {}", sample.rows());
    }

    #[test]
    fn targets_on_one_side_give_their_mean() {
        let sample = sample();
        let targets: Vec<f64> =
            (0..sample.rows()).flat_map(|row| [1.0, if row % 2 == 0 { -1.0 } else { -3.0 }]).collect();
        let values = fitted(&sample, &targets, 2).predict(&sample.features, sample.width);
        assert!(values.chunks_exact(2).all(|pair| (pair[0] - 1.0).abs() < 1e-9 && (pair[1] + 2.0).abs() < 1e-9));
    }

    #[test]
    fn a_setting_out_of_range_is_named() {
        let sample = sample();
        for (config, key) in [
            (LogisticConfig { penalty: -1.0, ..config() }, "penalty"),
            (LogisticConfig { draws: 0, ..config() }, "draws"),
            (LogisticConfig { degree: 9, ..config() }, "degree"),
        ] {
            let error = LogisticFitting::new(&config, &sample, sample.weights.clone(), 1).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains(key), "{error}");
        }
    }
}
