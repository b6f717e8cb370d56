use scaleout_exits::Objective;
use serde::{Deserialize, Serialize};

use crate::{
    PermutedSchedules, TradeScores,
    comparison::{Comparison, Pair, compare},
    resample::Resample,
    sensitivity::mean_objective,
};

/// A model against its own permuted schedules. They have the same exposure, so the difference is due to timing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermutationResult {
    /// The model.
    pub candidate: String,
    /// Draws of permuted schedules.
    pub draws: usize,
    /// Share of draws whose mean J is at least the model's, the model's own counted once.
    pub p_value: f64,
    /// The model against the mean over draws, trade by trade.
    pub comparison: Comparison,
}

/// The result for the model with the scores `candidate`; `None` without draws.
pub(crate) fn permutation(
    candidate: &TradeScores,
    permuted: &PermutedSchedules,
    objective: &Objective,
    resample: &Resample,
    draws: usize,
) -> Option<PermutationResult> {
    let n = permuted.draws.len();
    let average = |figure: fn(&TradeScores) -> &[f64]| -> Vec<f64> {
        let trades = 0..candidate.objective.len();
        trades.map(|trade| permuted.draws.iter().map(|draw| figure(draw)[trade]).sum::<f64>() / n as f64).collect()
    };
    if n == 0 {
        return None;
    }
    let baseline = TradeScores {
        name: format!("permuted schedule of {}", candidate.name),
        objective: average(|scores| &scores.objective),
        net_r: average(|scores| &scores.net_r),
    };
    let own = mean_objective(candidate);
    let as_good = permuted.draws.iter().filter(|draw| mean_objective(draw) >= own).count();
    let pair = Pair { candidate, baseline: &baseline, is_hypothesis: true };
    let comparison = compare(&[pair], objective, resample, draws).pop()?;
    Some(PermutationResult {
        candidate: candidate.name.clone(),
        draws: n,
        p_value: (1 + as_good) as f64 / (1 + n) as f64,
        comparison,
    })
}
