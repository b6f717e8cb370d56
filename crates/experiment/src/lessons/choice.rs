//! Which of several fitted learners is followed.

use scaleout_model::Model;
use scaleout_training::{LearnerConfig, is_better};

/// A model, and J of every trade that it learned from under fits that did not see the trade.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JudgedFit<'a> {
    pub model: &'a Model,
    pub out_of_fold: &'a [f64],
}

/// Place of the model to follow: the simplest in the order of learners that is not worse than the best by more than one
/// standard error on trades that its fits did not see. Without such trades the best is taken.
pub(crate) fn simplest_of_best(fits: &[JudgedFit<'_>]) -> usize {
    simplest_of(&fits.iter().map(|fit| fit.said()).collect::<Vec<_>>())
}

impl<'a> JudgedFit<'a> {
    /// The kind of its learner, its mean J, and J of each trade.
    fn said(&self) -> (&'a str, f64, &'a [f64]) {
        let objective = self.model.training.validation_objective.unwrap_or(f64::NEG_INFINITY);
        (self.model.learner.name(), objective, self.out_of_fold)
    }
}

/// The same of the kind of each learner, its mean J, and J of each trade.
fn simplest_of(fits: &[(&str, f64, &[f64])]) -> usize {
    let best = (1..fits.len()).fold(0, |best, place| if fits[best].1 < fits[place].1 { place } else { best });
    let are_known = fits.iter().all(|(.., out_of_fold)| !out_of_fold.is_empty());
    let is_as_good = |&place: &usize| place == best || (are_known && !is_better(fits[best].2, fits[place].2));
    let rank = |&place: &usize| LearnerConfig::KINDS.iter().position(|(kind, _)| *kind == fits[place].0);
    (0..fits.len()).filter(is_as_good).min_by_key(|place| (rank(place), *place)).unwrap_or(best)
}

#[cfg(test)]
mod tests {
    use super::simplest_of;

    fn fit(kind: &str, mean: f64, noise: f64) -> (String, f64, Vec<f64>) {
        let trade = |trade: usize| mean + if trade.is_multiple_of(2) { noise } else { -noise };
        (kind.to_owned(), mean, (0..100).map(trade).collect())
    }

    #[test]
    fn a_simpler_learner_wins_within_one_standard_error() {
        let chosen = |fits: &[(String, f64, Vec<f64>)]| {
            let borrowed: Vec<(&str, f64, &[f64])> =
                fits.iter().map(|(kind, mean, trades)| (kind.as_str(), *mean, trades.as_slice())).collect();
            simplest_of(&borrowed)
        };
        assert_eq!(chosen(&[fit("mlp", 0.3, 0.0), fit("linear", 0.3, 1.0)]), 1, "whatever the order in the config");
        assert_eq!(chosen(&[fit("linear", 0.25, 1.0), fit("mlp", 0.3, 0.0)]), 0, "one standard error is .1");
        assert_eq!(chosen(&[fit("linear", 0.15, 1.0), fit("mlp", 0.3, 0.0)]), 1);
        let unknown = |kind: &str, mean: f64| (kind.to_owned(), mean, Vec::new());
        assert_eq!(chosen(&[unknown("linear", 0.29), unknown("mlp", 0.3)]), 1, "without such trades the best is taken");
    }
}
