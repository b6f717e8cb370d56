//! Taking out of targets under exponential utility what no feature foretells: a control variate.
//!
//! There the spread of the whole result is priced, so that gains may not be replaced by forecasts of them as under
//! mean–variance. But each gain less its forecast has mean zero whatever was decided before it, so that any multiple
//! of their sum may be subtracted from a target without moving its mean; with the best multiple most of the noise goes
//! (Glasserman 2003, Monte Carlo Methods in Financial Engineering, 4.1). What remains wrong is what the forecast
//! misses.

use crate::{
    LearnerConfig, LinearConfig, TrainingError,
    compose::to_marginals,
    data::Sample,
    limits::Grid,
    noise::weights_by_noise,
    realised::{PolicyTable, unforeseen_values},
    rounds::is_better,
};

/// The part of each step's gain that is not foretold.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    /// Gain of one whole unit less its forecast, in R (N).
    unforeseen: Vec<f64>,
}

impl Control {
    /// The gains of `train` less a linear forecast of them, or one with products of features if that foretells the
    /// other half of the trades better by more than chance explains: an error of the forecast adds up over the bars.
    ///
    /// # Errors
    /// Rows in which nothing varies.
    pub(crate) fn of(train: &Sample, seed: u64) -> Result<Self, TrainingError> {
        let train = &*train.present();
        let mean = train.gain.iter().sum::<f64>() / train.rows().max(1) as f64;
        let weights = weights_by_noise(train, &train.gain, &vec![mean; train.rows()], 1)?;
        let linear = |degree| LinearConfig { degree, l1_ratio: 0.0, ..LinearConfig::default() };
        let candidates = [linear(1), linear(LinearConfig::default().degree)];
        let scores = candidates.iter().map(|config| held_out_scores(config, train, &weights, seed));
        let scores = scores.collect::<Result<Vec<_>, _>>()?;
        let best = usize::from(is_better(&scores[1], &scores[0]));
        let forecast = forecast(&candidates[best], train, weights, seed)?;
        Ok(Self { unforeseen: train.gain.iter().zip(forecast).map(|(gain, forecast)| gain - forecast).collect() })
    }

    /// Subtracts from `targets` the multiple of the unforeseen gains that leaves least scatter around `centre`, for
    /// each output; both are marginal values (N × outputs) of following `policy`, of which `realised_share` a step is
    /// realised.
    pub(crate) fn take_out(
        &self,
        targets: &mut [f64],
        centre: Option<&[f64]>,
        train: &Sample,
        grid: Grid,
        policy: &PolicyTable,
        realised_share: f64,
    ) {
        let outputs = grid.outputs();
        let mut unforeseen = unforeseen_values(train, grid, &self.unforeseen, policy, realised_share);
        to_marginals(&mut unforeseen, grid.tranches);
        for output in 0..outputs {
            let places = || (output..targets.len()).step_by(outputs).zip(&train.weights);
            let above = |place: usize| targets[place] - centre.map_or(0.0, |centre| centre[place]);
            let square: f64 = places().map(|(place, weight)| weight * unforeseen[place].powi(2)).sum();
            let cross: f64 = places().map(|(place, weight)| weight * unforeseen[place] * above(place)).sum();
            if 0.0 < square {
                let multiple = cross / square;
                for place in (output..targets.len()).step_by(outputs) {
                    targets[place] -= multiple * unforeseen[place];
                }
            }
        }
    }
}

/// Forecasts of the gain after each row.
fn forecast(config: &LinearConfig, train: &Sample, weights: Vec<f64>, seed: u64) -> Result<Vec<f64>, TrainingError> {
    let learner = LearnerConfig::Linear(config.clone());
    Ok(learner.prepare(train, weights, seed)?.means(&train.gain, 1)?.with_predictions(train).1)
}

/// Minus the weighed squared error for each trade, forecast from the half of the trades it is not in.
fn held_out_scores(
    config: &LinearConfig,
    train: &Sample,
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
