use scaleout_exits::{Objective, ObjectiveUnit};
use serde::{Deserialize, Serialize};

use crate::{
    TradeScores,
    resample::Resample,
    stats::{bootstrap::two_sided_p, moments::mean, multiple::holm},
};

/// Two contestants on the same trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The contestant that is compared.
    pub candidate: String,
    /// The contestant it is compared with.
    pub baseline: String,
    /// Mean of the candidate's J minus the baseline's, per trade, in the unit of J.
    pub mean_objective_difference: f64,
    /// The same for net R.
    pub mean_difference_r: f64,
    /// Two-sided 95 % interval of the mean difference in J.
    pub ci95: Option<[f64; 2]>,
    /// Two-sided 95 % interval of the mean difference in net R.
    pub ci95_r: Option<[f64; 2]>,
    /// The candidate's certainty equivalent minus the baseline's, in R. It is the difference in J if J is in R.
    pub certainty_equivalent_difference_r: f64,
    /// Two-sided 95 % interval of it.
    pub ci95_certainty_equivalent_r: Option<[f64; 2]>,
    /// Two-sided p-value of the difference in J.
    pub p_value: f64,
    /// The same, adjusted by Holm's method over the family of comparisons; `None` for contestants that are not hypotheses
    /// (hindsight and permuted schedules).
    pub p_value_adjusted: Option<f64>,
}

/// A pair to compare, and whether it counts as a hypothesis in the correction for multiple tests.
pub(crate) struct Pair<'a> {
    pub candidate: &'a TradeScores,
    pub baseline: &'a TradeScores,
    pub is_hypothesis: bool,
}

/// Compares one family of pairs on common bootstrap draws.
pub(crate) fn compare(pairs: &[Pair<'_>], objective: &Objective, resample: &Resample, draws: usize) -> Vec<Comparison> {
    let difference = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    let series: Vec<Vec<f64>> = pairs
        .iter()
        .flat_map(|pair| {
            let (candidate, baseline) = (pair.candidate, pair.baseline);
            [
                difference(&candidate.objective, &baseline.objective),
                difference(&candidate.net_r, &baseline.net_r),
                candidate.objective.clone(),
            ]
        })
        .collect();
    let drawn = resample.mean_draws(&series, draws);
    let mut comparisons: Vec<Comparison> = pairs
        .iter()
        .enumerate()
        .map(|(pair, names)| {
            let column = |series: usize| -> Vec<f64> { drawn.iter().map(|draw| draw[series]).collect() };
            let (first, second, third) = (3 * pair, 3 * pair + 1, 3 * pair + 2);
            let (mut in_j, mut net_r) = (column(first), column(second));
            let mean_of = |index: usize| mean(&series[index]).expect("Invariant: there are entries");
            let mean_objective_difference = mean_of(first);
            let certain = |own: f64, difference: f64| match objective.unit() {
                ObjectiveUnit::R => difference,
                ObjectiveUnit::Utility => {
                    objective.certainty_equivalent_r(own) - objective.certainty_equivalent_r(own - difference)
                }
            };
            let mut certain_r: Vec<f64> = drawn.iter().map(|draw| certain(draw[third], draw[first])).collect();
            Comparison {
                candidate: names.candidate.name.clone(),
                baseline: names.baseline.name.clone(),
                mean_objective_difference,
                mean_difference_r: mean_of(second),
                certainty_equivalent_difference_r: certain(mean_of(third), mean_objective_difference),
                ci95_certainty_equivalent_r: resample.rule.interval(&mut certain_r),
                p_value: two_sided_p(mean_objective_difference, &in_j, resample.rule),
                ci95: resample.rule.interval(&mut in_j),
                ci95_r: resample.rule.interval(&mut net_r),
                p_value_adjusted: None,
            }
        })
        .collect();
    let hypotheses: Vec<usize> = (0..pairs.len()).filter(|&pair| pairs[pair].is_hypothesis).collect();
    let p_values: Vec<f64> = hypotheses.iter().map(|&pair| comparisons[pair].p_value).collect();
    for (pair, adjusted) in hypotheses.into_iter().zip(holm(&p_values)) {
        comparisons[pair].p_value_adjusted = Some(adjusted);
    }
    comparisons
}
