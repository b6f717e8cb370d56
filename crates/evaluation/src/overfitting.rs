use serde::{Deserialize, Serialize};

use crate::{
    TradeScores, Trials,
    resample::Resample,
    stats::{
        deflated_sharpe::{MeasuredSharpe, deflated_by_estimator},
        moments::{autocorrelation, deviation, sharpe, skew_and_kurtosis},
        multiple::best_of_many_critical_t,
        overfitting::probability_of_overfitting,
        spa::{SpaTest, superior_predictive_ability},
    },
};

/// Tests of how much of a result is selection luck.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overfitting {
    /// Settings tried inside training spans, tuning included. They do not select on the test trades, so they deflate nothing.
    pub n_trials: usize,
    /// Configurations judged on these test trades, this one included; `None` where no ledger was kept.
    pub trials_on_test: Option<usize>,
    /// Probability that the candidate's paired gain in J over the benchmark is not luck, if it were the only configuration
    /// tried on these trades.
    pub probabilistic_sharpe: Option<f64>,
    /// The same if it is the best of `trials_on_test`; `None` without a ledger.
    pub deflated_sharpe: Option<f64>,
    /// Probability that the contestant best in one half of the time is below the median in the other.
    pub pbo: Option<f64>,
    /// Hansen's consistent p-value for the hypothesis that no contestant beats the benchmark in J.
    pub spa_p: Option<f64>,
    /// Its lower and upper bounds.
    pub spa_p_bounds: Option<[f64; 2]>,
    /// The candidate's mean paired difference in its own standard errors.
    pub candidate_t: Option<f64>,
    /// What the best of all contestants exceeds by luck in 5 % of samples.
    pub best_of_many_t: Option<f64>,
}

impl Overfitting {
    /// Only the counts: there was no model, or no benchmark.
    pub(crate) fn untested(n_trials: usize, trials: Trials) -> Self {
        Self {
            n_trials,
            trials_on_test: trials.count(),
            probabilistic_sharpe: None,
            deflated_sharpe: None,
            pbo: None,
            spa_p: None,
            spa_p_bounds: None,
            candidate_t: None,
            best_of_many_t: None,
        }
    }
}

/// The contestants of the tests: the benchmark, the model, and all others that could have been chosen.
pub(crate) struct OverfittingInput<'a> {
    pub benchmark: &'a TradeScores,
    pub candidate: &'a TradeScores,
    /// Models and baselines, the benchmark not among them.
    pub rivals: Vec<&'a TradeScores>,
}

pub(crate) fn overfitting(
    field: &OverfittingInput<'_>,
    n_trials: usize,
    trials: Trials,
    resample: &Resample,
    draws: usize,
) -> Overfitting {
    let paired = |scores: &TradeScores| -> Vec<f64> {
        scores.objective.iter().zip(&field.benchmark.objective).map(|(a, b)| a - b).collect()
    };
    let rivals: Vec<Vec<f64>> = field.rivals.iter().map(|scores| paired(scores)).collect();
    let gains: Vec<Vec<f64>> = rivals.iter().map(|series| resample.sums_by_cell(series)).collect();
    let spa: Option<SpaTest> = superior_predictive_ability(&gains, resample.block_cells, draws, resample.seed);

    let mean_draws = resample.mean_draws(&rivals, draws);
    let candidate = field.rivals.iter().position(|scores| scores.name == field.candidate.name);
    let candidate_t = candidate.and_then(|place| {
        let means: Vec<f64> = mean_draws.iter().map(|draw| draw[place]).collect();
        let error = deviation(&means).filter(|&error| error > 0.0)?;
        Some(rivals[place].iter().sum::<f64>() / rivals[place].len() as f64 / error)
    });
    let gains = paired(field.candidate);

    Overfitting {
        n_trials,
        trials_on_test: trials.count(),
        probabilistic_sharpe: deflated(&gains, 1, resample),
        deflated_sharpe: trials.count().and_then(|count| deflated(&gains, count, resample)),
        pbo: pbo(field, resample),
        spa_p: spa.map(|test| test.consistent),
        spa_p_bounds: spa.map(|test| [test.lower, test.upper]),
        candidate_t,
        best_of_many_t: best_of_many_critical_t(&mean_draws),
    }
}

/// The deflated Sharpe ratio of the paired `gains` in J, block by block, as the best of `trials`. The dispersion of other
/// trials is unknown, and the models of this run do not show it: one bad model among good ones would raise the hurdle for
/// the good ones. The dispersion of trials is therefore taken to be that of the estimator.
pub(crate) fn deflated(gains: &[f64], trials: usize, resample: &Resample) -> Option<f64> {
    let by_block = resample.sums_by_block(&resample.sums_by_cell(gains));
    let (skew, kurtosis) = skew_and_kurtosis(&by_block)?;
    let measured = MeasuredSharpe { sharpe: sharpe(&by_block)?, periods: by_block.len() as f64, skew, kurtosis };
    // Few blocks show autocorrelation by chance; one below 0 must not make the ratio look surer than it is.
    deflated_by_estimator(measured, autocorrelation(&by_block)?.max(0.0), trials as f64)
}

/// PBO over all rivals and the benchmark, on cells with trades, in 16 blocks of time, or 8 where there are few cells.
fn pbo(field: &OverfittingInput<'_>, resample: &Resample) -> Option<f64> {
    let everyone = field.rivals.iter().copied().chain([field.benchmark]);
    let series: Vec<Vec<f64>> = everyone.map(|scores| resample.sums_by_cell(&scores.objective)).collect();
    let filled = (0..resample.trades_of_cell.len()).filter(|&cell| !resample.trades_of_cell[cell].is_empty());
    let rows: Vec<Vec<f64>> = filled.map(|cell| series.iter().map(|values| values[cell]).collect()).collect();
    probability_of_overfitting(&rows, if rows.len() >= 160 { 16 } else { 8 })
}
