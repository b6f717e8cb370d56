//! One setting of a learner that may be chosen, and the rounds that it runs.

use scaleout_model::VarianceReduction;

use crate::{
    error::TrainingError,
    improve::rounds::{self, Given, Improved, RoundLimits},
    learners::registry::LearnerConfig,
    problem::task::LearningTask,
};

/// One setting that may be chosen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trial {
    pub learner: LearnerConfig,
    pub variance_reduction: VarianceReduction,
}

impl Trial {
    /// Up to `rounds` rounds, fewer where the policy settles.
    pub(crate) fn improve(
        &self,
        task: &LearningTask,
        given: Given<'_>,
        rounds: usize,
        seed: u64,
    ) -> Result<Improved, TrainingError> {
        rounds::improve(self.learner.learner(), task, given, self.limits(rounds), seed)
    }

    /// Exactly `last_round` rounds, of as many as were tried on the folds.
    pub(crate) fn repeat(
        &self,
        task: &LearningTask,
        given: Given<'_>,
        rounds: usize,
        last_round: usize,
        seed: u64,
    ) -> Result<Improved, TrainingError> {
        let limits = RoundLimits { rounds: last_round, settled: 0.0, ..self.limits(rounds) };
        rounds::improve(self.learner.learner(), task, given, limits, seed)
    }

    fn limits(&self, rounds: usize) -> RoundLimits {
        // Those that start from a good policy need fewer rounds, and each is dear.
        const MOST_DEAR_ROUNDS: usize = 4;
        let rounds = if self.learner.learner().starts_alone() { rounds } else { rounds.min(MOST_DEAR_ROUNDS) };
        RoundLimits { rounds, settled: 2e-3, variance_reduction: self.variance_reduction }
    }
}
