//! What a model does, as one shallow tree that people can read.

use scaleout_model::{LearnerSettings, Model};

use crate::{
    error::TrainingError,
    learners::{readable_tree::ReadableTreeConfig, registry::LearnerConfig},
    problem::{marginals::to_marginals, task::LearningTask},
    rows::data::TrainingData,
};

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
    let problem = LearningTask { grid: model.grid(), objective: model.objective.clone(), shape: model.shape };
    let data = data.with_window(model.layout.window)?;
    let sample = data.sample(indices, problem.grid);
    let mut targets = model.hold_values(&sample.features);
    to_marginals(&mut targets, problem.grid.tranches);
    // A tree looks at the present alone.
    let present = sample.present();
    let learner = LearnerConfig::ReadableTree(config.clone());
    let mut fitting = learner.learner().prepare(&present, present.weights.clone(), 0)?;
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
