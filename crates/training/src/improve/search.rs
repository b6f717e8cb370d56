//! Which settings and how many rounds: trials on purged folds among the training trades.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Objective, Utility};
use scaleout_model::VarianceReduction;

use crate::{
    error::TrainingError,
    fitting::{
        config::{FitConfig, SearchEffort},
        progress::FitProgress,
    },
    improve::{
        comparison::{best_round, is_better},
        rounds::Improved,
        trial::Trial,
        trial_rows::TrialRows,
    },
    learners::registry::LearnerConfig,
    problem::{score::mean_objective, task::LearningTask},
    rows::sample::RowSample,
};

/// The trial and the number of its last round that did best.
pub(crate) struct Chosen {
    pub trial: Trial,
    pub round: usize,
    /// Mean J over the validation trades of all folds.
    pub objective: f64,
    /// How many trials there were.
    pub trials: usize,
    /// J of each validation trade, in utility where utility is exponential.
    utilities: Vec<f64>,
}

/// What trials are judged on.
pub(crate) struct Searching<'a> {
    pub task: &'a LearningTask,
    /// Training and validation rows of each purged fold.
    pub folds: Vec<(TrialRows, RowSample)>,
    pub config: &'a FitConfig,
    pub seed: u64,
    pub progress: &'a dyn FitProgress,
}

impl Searching<'_> {
    /// The trial and round with the highest mean J over the validation trades of all folds. First the ways of taking
    /// noise out of the targets are tried side by side with the settings given, then the variations of these with the
    /// best way. A later trial must beat the best before it by more than one standard error of their paired
    /// difference, so that the settings given are not left for a lucky draw.
    pub(crate) fn choose(&self, learner: &LearnerConfig) -> Result<Chosen, TrainingError> {
        let reductions = reductions(self.config.search, &self.task.objective, learner);
        let learners = match self.config.search {
            SearchEffort::None => vec![learner.clone()],
            SearchEffort::Small => learner.variations(),
            SearchEffort::Wide => learner.wide_variations(),
        };
        let of = reductions.len() + learners.len() - 1;
        let done = AtomicUsize::new(0);
        let tried = |trials: Vec<Trial>| -> Result<Vec<Chosen>, TrainingError> {
            let tried: Vec<Result<Chosen, TrainingError>> = trials
                .into_par_iter()
                .map(|trial| {
                    let tried = self.tried(trial, of)?;
                    self.progress.trial_done(done.fetch_add(1, Ordering::Relaxed) + 1, of, tried.objective);
                    Ok(tried)
                })
                .collect();
            tried.into_iter().collect()
        };
        let better =
            |best: Chosen, later: Chosen| if is_better(&later.utilities, &best.utilities) { later } else { best };
        let given = |&variance_reduction: &VarianceReduction| Trial { learner: learner.clone(), variance_reduction };
        let best = tried(reductions.iter().map(given).collect())?.into_iter().reduce(better);
        let best = best.expect("Invariant: some reduction is tried");
        let varied = |learner: &LearnerConfig| Trial { learner: learner.clone(), ..best.trial.clone() };
        Ok(tried(learners[1..].iter().map(varied).collect())?.into_iter().fold(best, better))
    }

    fn tried(&self, trial: Trial, trials: usize) -> Result<Chosen, TrainingError> {
        let improved: Vec<Result<Improved, TrainingError>> = self
            .folds
            .par_iter()
            .map(|(rows, test)| {
                trial.improve(
                    self.task,
                    rows.given(trial.variance_reduction, Some(test)),
                    self.config.rounds,
                    self.seed,
                )
            })
            .collect();
        let improved = improved.into_iter().collect::<Result<Vec<_>, _>>()?;
        let round = self.best_round(&trial.learner, &improved);
        let objectives: Vec<f64> = improved.into_iter().flat_map(|improved| improved.finished).collect();
        let objective = mean_objective(&self.task.objective, &objectives);
        let utilities = self.task.utilities(objectives);
        Ok(Chosen { trial, round, objective, trials, utilities })
    }

    /// The round that is best over the validation trades of all folds; a fold that settled keeps its last score.
    fn best_round(&self, learner: &LearnerConfig, improved: &[Improved]) -> usize {
        let rounds = improved.iter().map(|improved| improved.scores.len()).max().unwrap_or(1);
        let after = |round: usize| -> Vec<f64> {
            improved.iter().flat_map(|fold| &fold.scores[round.min(fold.scores.len() - 1)]).copied().collect()
        };
        let scores: Vec<Vec<f64>> = (0..rounds).map(after).collect();
        best_round(learner.learner(), &scores)
    }
}

/// The ways of taking noise out of the targets that are tried, the most likely first.
///
/// A learner that can take any shape gains from leaning on its own earlier fits; one that cannot would feed what it
/// misses back to itself.
pub(crate) fn reductions(
    search: SearchEffort,
    objective: &Objective,
    learner: &LearnerConfig,
) -> &'static [VarianceReduction] {
    let tried: &[VarianceReduction] = match (objective.utility, learner.learner().is_flexible()) {
        (Utility::MeanVariance, true) => &[VarianceReduction::Bootstrapped, VarianceReduction::Predictable],
        (Utility::MeanVariance, false) => {
            &[VarianceReduction::Predictable, VarianceReduction::Bootstrapped, VarianceReduction::None]
        }
        // A forecast that misses something shifts the targets, and only validation shows it.
        (Utility::Exponential, true) => &[VarianceReduction::Bootstrapped, VarianceReduction::None],
        (Utility::Exponential, false) => {
            &[VarianceReduction::Predictable, VarianceReduction::Bootstrapped, VarianceReduction::None]
        }
    };
    match search {
        SearchEffort::None => &tried[..1],
        SearchEffort::Small | SearchEffort::Wide => tried,
    }
}
