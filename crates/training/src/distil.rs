//! What a model does, as one shallow tree that people can read.

use scaleout_model::{LearnerSettings, Model};

use crate::{LearnerConfig, ReadableTreeConfig, TrainingData, TrainingError, marginals::to_marginals, rounds::Problem};

/// A readable tree that imitates a model, and what is lost by following it.
#[derive(Debug, Clone, PartialEq)]
pub struct Distilled {
    /// The tree as a model of its own.
    pub model: Model,
    /// Mean J of the model on the trades it was distilled on, in R; under exponential utility the certainty equivalent.
    pub model_objective: f64,
    /// The same of the tree.
    pub tree_objective: f64,
}

/// Fits a readable tree to the hold values of `model` on the trades at `indices`.
///
/// The tree is fitted to what the model says and not to what the trades earned, so it has no noise to learn; what it
/// cannot say in a few questions is lost.
///
/// # Errors
/// If the rows show fewer bars than the model reads, or nothing varies in them.
pub fn distil(
    model: &Model,
    data: &TrainingData,
    indices: &[usize],
    config: &ReadableTreeConfig,
) -> Result<Distilled, TrainingError> {
    let problem = Problem { grid: model.grid(), objective: model.objective.clone(), shape: model.shape };
    let data = data.with_window(model.layout.window)?;
    let sample = data.sample(indices, problem.grid);
    let mut targets = model.hold_values(&sample.features);
    to_marginals(&mut targets, problem.grid.tranches);
    // A tree looks at the present alone.
    let present = sample.present();
    let learner = LearnerConfig::ReadableTree(config.clone());
    let mut fitting = learner.prepare(&present, present.weights.clone(), 0)?;
    let regressor = fitting.fit(&targets, problem.grid.outputs())?.regressor;
    let reached = |regressor, sample| problem.score(sample, &problem.policy(regressor, sample)).1;
    Ok(Distilled {
        model_objective: reached(&model.regressor, &sample),
        tree_objective: reached(&regressor, &present),
        model: Model {
            layout: model.layout.clone().with_window(1),
            learner: LearnerSettings::of(&learner).expect("Invariant: a learner is settings with a kind"),
            regressor,
            ..model.clone()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        FitConfig, Search, Unwatched, fit,
        order_flow_market::{objective, paths, windowed},
        small_learners::{linear, recurrent},
    };

    #[test]
    fn a_tree_says_most_of_what_a_model_does() {
        for learner in [linear(), recurrent()] {
            let data = windowed(&paths(300, 1, 1).0, learner.window());
            let train: Vec<usize> = (0..300).collect();
            let config = FitConfig { folds: 2, search: Search::None, ..FitConfig::default() };
            let model = fit(&data, &train, &objective(), &learner, &config, 1, &Unwatched).unwrap();
            let distilled = distil(&model, &data, &train, &ReadableTreeConfig::default()).unwrap();
            let rule = distilled.model.readable_rule().unwrap();
            assert!(!rule.is_empty());
            assert_eq!(distilled.model.layout.width(), paths(1, 1, 1).0.layout().width());
            // The network is hardly trained here, so only the other has a signal to pass on; selling at once earns −.6.
            if learner.window() == 1 {
                let Distilled { model_objective, tree_objective, .. } = distilled;
                assert!(rule.contains("column:signal"), "{rule}");
                assert!(model_objective - 0.15 < tree_objective, "{model_objective} {tree_objective}");
            }
        }
    }
}
