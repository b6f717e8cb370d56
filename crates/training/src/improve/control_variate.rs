//! Taking out of targets under exponential utility what no feature foretells: a control variate.
//!
//! There the spread of the whole result is priced, so that gains may not be replaced by forecasts of them as under
//! mean–variance. But each gain less its forecast has mean zero whatever was decided before it, so that any multiple
//! of their sum may be subtracted from a target without moving its mean; with the best multiple most of the noise goes
//! (Glasserman 2003, Monte Carlo Methods in Financial Engineering, 4.1). What remains wrong is what the forecast
//! misses.

use scaleout_model::FractionGrid;

use crate::{
    error::TrainingError,
    improve::{comparison::is_better, noise_weights::weights_by_noise},
    learners::{linear::config::LinearConfig, registry::LearnerConfig},
    problem::{marginals::to_marginals, target_table::TargetTable, targets::unforeseen_values},
    rows::sample::RowSample,
};

/// Groups of rows with a multiple of their own: the further gains scatter, the less of one is felt as utility.
const GROUPS: usize = 8;

/// The part of each step's gain that is not foretold.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    /// Gain of one whole unit less its forecast, in R (N).
    unforeseen: Vec<f64>,
    /// The group of each row, below [`GROUPS`], in which gains scatter about as far (N).
    groups: Vec<usize>,
}

impl Control {
    /// The gains of `train` less a linear forecast of them, or one with products of features if that foretells the
    /// other half of the trades better by more than chance explains: an error of the forecast adds up over the bars.
    ///
    /// # Errors
    /// Rows in which nothing varies.
    pub(crate) fn of(train: &RowSample, seed: u64) -> Result<Self, TrainingError> {
        let train = &*train.present();
        let mean = train.gain.iter().sum::<f64>() / train.rows().max(1) as f64;
        let weights = weights_by_noise(train, &train.weights, &train.gain, &vec![mean; train.rows()], 1)?;
        let linear = |degree| LinearConfig { degree, l1_ratio: 0.0, ..LinearConfig::default() };
        let candidates = [linear(1), linear(LinearConfig::default().degree)];
        let scores = candidates.iter().map(|config| held_out_scores(config, train, &weights, seed));
        let scores = scores.collect::<Result<Vec<_>, _>>()?;
        let best = usize::from(is_better(&scores[1], &scores[0]));
        let noise: Vec<f64> = weights.iter().zip(&train.weights).map(|(weighed, weight)| weight / weighed).collect();
        let forecast = forecast(&candidates[best], train, weights, seed)?;
        let unforeseen = train.gain.iter().zip(forecast).map(|(gain, forecast)| gain - forecast).collect();
        Ok(Self { unforeseen, groups: parts(&noise, GROUPS) })
    }

    /// Subtracts from `targets` the multiple of the unforeseen gains that leaves least scatter around `centre`, for
    /// each output and group; both are marginal values (N × outputs) of following `policy`, of which `realised_share` a
    /// step is realised.
    pub(crate) fn take_out(
        &self,
        targets: &mut [f64],
        centre: Option<&[f64]>,
        train: &RowSample,
        grid: FractionGrid,
        policy: &TargetTable,
        realised_share: f64,
    ) {
        let outputs = grid.outputs();
        let mut unforeseen = unforeseen_values(train, grid, &self.unforeseen, policy, realised_share);
        to_marginals(&mut unforeseen, grid.tranches);
        let above = |targets: &[f64], place: usize| targets[place] - centre.map_or(0.0, |centre| centre[place]);
        for output in 0..outputs {
            let places = || (output..targets.len()).step_by(outputs).zip(&train.weights).zip(&self.groups);
            // Counted from its mean, so that what is added to all targets moves no multiple.
            let (mut weights, mut sums) = ([0.0; GROUPS], [0.0; GROUPS]);
            for ((place, weight), &group) in places() {
                weights[group] += weight;
                sums[group] += weight * above(targets, place);
            }
            let (mut squares, mut crosses) = ([0.0; GROUPS], [0.0; GROUPS]);
            for ((place, weight), &group) in places().filter(|((_, weight), _)| 0.0 < **weight) {
                let above = above(targets, place) - sums[group] / weights[group];
                squares[group] += weight * unforeseen[place].powi(2);
                crosses[group] += weight * unforeseen[place] * above;
            }
            for (place, &group) in (output..targets.len()).step_by(outputs).zip(&self.groups) {
                if 0.0 < squares[group] {
                    targets[place] -= crosses[group] / squares[group] * unforeseen[place];
                }
            }
        }
    }
}

/// The part of 0..count that each of `values` falls in, by quantiles.
fn parts(values: &[f64], count: usize) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let cuts: Vec<f64> = (1..count).filter_map(|cut| sorted.get(cut * sorted.len() / count).copied()).collect();
    values.iter().map(|value| cuts.partition_point(|cut| cut <= value)).collect()
}

/// Forecasts of the gain after each row.
fn forecast(config: &LinearConfig, train: &RowSample, weights: Vec<f64>, seed: u64) -> Result<Vec<f64>, TrainingError> {
    let learner = LearnerConfig::Linear(config.clone());
    Ok(learner.learner().prepare(train, weights, seed)?.means(&train.gain, 1)?.with_predictions(train).1)
}

/// Minus the weighed squared error for each trade, forecast from the half of the trades it is not in.
fn held_out_scores(
    config: &LinearConfig,
    train: &RowSample,
    weights: &[f64],
    seed: u64,
) -> Result<Vec<f64>, TrainingError> {
    let trades = train.trades.len();
    let middle = train.trades.get(trades / 2).map_or(0, |trade| trade.first_row);
    let mut forecasts = vec![0.0; train.rows()];
    for tested in [0..middle, middle..train.rows()] {
        let mut kept = weights.to_vec();
        kept[tested.clone()].fill(0.0);
        let forecast = forecast(config, train, kept, seed)?;
        forecasts[tested.clone()].copy_from_slice(&forecast[tested]);
    }
    let errors = train.trades.iter().map(|trade| {
        let rows = trade.first_row..trade.first_row + trade.steps;
        -rows.map(|row| weights[row] * (train.gain[row] - forecasts[row]).powi(2)).sum::<f64>()
    });
    Ok(errors.collect())
}

#[cfg(test)]
mod tests {
    use scaleout_model::SaleConstraints;

    use super::*;
    use crate::{
        fixtures::order_flow_market::{objective, paths},
        problem::{rewards::Rewards, targets::realised_values},
    };

    #[test]
    fn parts_hold_alike_many() {
        let values: Vec<f64> = (0..80).rev().map(f64::from).collect();
        let found = parts(&values, 4);
        assert_eq!((found[0], found[79]), (3, 0));
        assert!((0..4).all(|part| found.iter().filter(|&&other| other == part).count() == 20));
        assert_eq!(parts(&[1.0; 5], 4), [3; 5], "equal values stay together");
    }

    /// Targets keep their mean and lose most of their scatter: the gains of the market are noise but for the signal.
    #[test]
    fn what_is_taken_out_is_noise() {
        let (data, _) = paths(400, 0, 1);
        let grid = FractionGrid::new(2, &SaleConstraints::default());
        let train = data.sample(&(0..400).collect::<Vec<_>>(), grid);
        let policy = TargetTable::hold(&train, grid);
        let control = Control::of(&train, 1).unwrap();
        let risk_neutral = scaleout_exits::Objective { risk_aversion: 0.0, ..objective() };
        let rewards = Rewards::realised(&train);
        let mut targets = realised_values(&train, grid, &risk_neutral, rewards, &policy, None);
        to_marginals(&mut targets, grid.tranches);
        let moments = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
        };
        let (mean, variance) = moments(&targets);
        control.take_out(&mut targets, None, &train, grid, &policy, 1.0);
        let (mean_after, variance_after) = moments(&targets);
        let standard_error = (variance / 400.0).sqrt();
        assert!((mean_after - mean).abs() < 2.0 * standard_error, "{mean} became {mean_after}");
        assert!(variance_after < 0.2 * variance, "{variance} became {variance_after}");
    }
}
