use serde::{Deserialize, Serialize};

use crate::{
    TradeScores,
    resample::Resample,
    stats::{
        deflated_sharpe::{MeasuredSharpe, deflated_sharpe},
        moments::{deviation, sharpe, skew_and_kurtosis},
        multiple::best_of_many_critical_t,
        overfitting::probability_of_overfitting,
        spa::{SpaTest, superior_predictive_ability},
    },
};

/// What the choice among many contestants may have made up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overfitting {
    /// Configurations tried on the way, tuning included.
    pub n_trials: usize,
    /// Probability that the candidate's paired gain in J over the best ladder is more than the best of that many
    /// worthless trials would show.
    pub deflated_sharpe: Option<f64>,
    /// Probability that the contestant best in one half of the time is below the median in the other.
    pub pbo: Option<f64>,
    /// Hansen's consistent p-value that no contestant beats the best ladder in J.
    pub spa_p: Option<f64>,
    /// Its lower and upper bounds.
    pub spa_p_bounds: Option<[f64; 2]>,
    /// The candidate's mean paired difference in its own standard errors.
    pub candidate_t: Option<f64>,
    /// What the best of all contestants exceeds by luck in 5 % of samples.
    pub best_of_many_t: Option<f64>,
}

impl Overfitting {
    /// Nothing but the number of trials: there was no model, or no ladder to hold it against.
    pub(crate) fn untested(n_trials: usize) -> Self {
        Self {
            n_trials,
            deflated_sharpe: None,
            pbo: None,
            spa_p: None,
            spa_p_bounds: None,
            candidate_t: None,
            best_of_many_t: None,
        }
    }
}

/// Who is judged: the best ladder, the model, and all others that could have been chosen.
pub(crate) struct Field<'a> {
    pub ladder: &'a TradeScores,
    pub candidate: &'a TradeScores,
    /// Models, the candidate among them.
    pub models: Vec<&'a TradeScores>,
    /// Models and baselines, the ladder not among them.
    pub rivals: Vec<&'a TradeScores>,
}

pub(crate) fn overfitting(field: &Field<'_>, n_trials: usize, resample: &Resample, draws: usize) -> Overfitting {
    let paired = |scores: &TradeScores| -> Vec<f64> {
        scores.objective.iter().zip(&field.ladder.objective).map(|(a, b)| a - b).collect()
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

    Overfitting {
        n_trials,
        deflated_sharpe: deflated(field, n_trials, resample, &paired),
        pbo: pbo(field, resample),
        spa_p: spa.map(|test| test.consistent),
        spa_p_bounds: spa.map(|test| [test.lower, test.upper]),
        candidate_t,
        best_of_many_t: best_of_many_critical_t(&mean_draws),
    }
}

/// The deflated Sharpe ratio of the candidate's paired gains in J, block by block. The trials scatter as the models'
/// own ratios do; a single model's scatter is unknown and taken as that of pure noise, 1 / blocks.
fn deflated(
    field: &Field<'_>,
    n_trials: usize,
    resample: &Resample,
    paired: &impl Fn(&TradeScores) -> Vec<f64>,
) -> Option<f64> {
    let by_block = |scores: &TradeScores| resample.sums_by_block(&resample.sums_by_cell(&paired(scores)));
    let gains = by_block(field.candidate);
    let periods = gains.len() as f64;
    let (skew, kurtosis) = skew_and_kurtosis(&gains)?;
    let measured = MeasuredSharpe { sharpe: sharpe(&gains)?, periods, skew, kurtosis };
    let ratios: Vec<f64> = field.models.iter().filter_map(|scores| sharpe(&by_block(scores))).collect();
    let variance = deviation(&ratios).map_or(1.0 / periods, |scatter| scatter * scatter);
    deflated_sharpe(measured, n_trials as f64, variance)
}

/// PBO over all rivals and the ladder, on cells with trades, in 16 blocks of time, or 8 where there are few cells.
fn pbo(field: &Field<'_>, resample: &Resample) -> Option<f64> {
    let everyone = field.rivals.iter().copied().chain([field.ladder]);
    let series: Vec<Vec<f64>> = everyone.map(|scores| resample.sums_by_cell(&scores.objective)).collect();
    let filled = (0..resample.trades_of_cell.len()).filter(|&cell| !resample.trades_of_cell[cell].is_empty());
    let rows: Vec<Vec<f64>> = filled.map(|cell| series.iter().map(|values| values[cell]).collect()).collect();
    probability_of_overfitting(&rows, if rows.len() >= 160 { 16 } else { 8 })
}
