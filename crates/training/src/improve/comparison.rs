//! Which of several fits is better than another by more than chance explains.

use crate::learners::learner::Learner;

/// The round of `learner` to keep, given the values of each on the same trades.
///
/// By theory each round is better than the one before, so that of a learner that can take any shape the last is kept
/// that is not worse than the best by more than chance explains. One that cannot misses something in each round, and
/// the best is kept.
pub(crate) fn best_round(learner: &dyn Learner, scores: &[Vec<f64>]) -> usize {
    let mean = |round: usize| scores[round].iter().sum::<f64>();
    let best = (1..scores.len()).fold(0, |best, round| if mean(best) < mean(round) { round } else { best });
    if !learner.is_flexible() {
        return best;
    }
    let is_as_good = |round: &usize| !is_better(&scores[best], &scores[*round]);
    (best..scores.len()).rev().find(is_as_good).unwrap_or(best)
}

/// Whether the mean of `candidate` lies above that of `best` by more than one standard error of the difference.
pub fn is_better(candidate: &[f64], best: &[f64]) -> bool {
    let differences: Vec<f64> = candidate.iter().zip(best).map(|(candidate, best)| candidate - best).collect();
    let (mean, error) = mean_and_error(&differences);
    error < mean
}

/// The mean of `values` and its standard error.
pub(crate) fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, (square / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::best_round;
    use crate::learners::{linear::config::LinearConfig, trees::config::TreesConfig};

    #[test]
    fn the_last_round_that_is_as_good_as_the_best_is_kept() {
        let noise =
            |sign: f64| -> Vec<f64> { (0..100).map(|trade| sign * if trade % 2 == 0 { 1.0 } else { -1.0 }).collect() };
        let level = |level: f64| -> Vec<f64> { noise(1.0).iter().map(|value| value + level).collect() };
        let trees = TreesConfig::default();
        let of_trees = |scores: &[Vec<f64>]| best_round(&trees, scores);
        assert_eq!(of_trees(&[level(0.0), level(0.2), level(0.1)]), 1, "the same noise, and less");
        assert_eq!(of_trees(&[level(0.0), level(0.05), noise(-1.0)]), 2, "chance explains the difference");
        assert_eq!(of_trees(&[level(0.5)]), 0);
        let linear = LinearConfig::default();
        assert_eq!(best_round(&linear, &[level(0.0), level(0.05), noise(-1.0)]), 1);
    }
}
