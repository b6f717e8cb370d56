//! Which settings and how many rounds: trials on purged folds among the training trades.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Objective, Utility};

use crate::{
    FitConfig, FitProgress, LearnerConfig, LinearConfig, Search, TrainingError, VarianceReduction,
    data::Sample,
    realised::mean_objective,
    rounds::{self, Improved, Problem, Schedule, Start},
};

/// One setting that may be chosen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trial {
    pub learner: LearnerConfig,
    pub variance_reduction: VarianceReduction,
}

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
    pub problem: &'a Problem,
    /// Training and validation rows of each purged fold.
    pub folds: Vec<(Sample, Sample)>,
    pub config: &'a FitConfig,
    pub seed: u64,
    pub progress: &'a dyn FitProgress,
}

impl Searching<'_> {
    /// The trial and round with the highest mean J over the validation trades of all folds. First the ways of taking
    /// noise out of the targets are tried with the settings given, then the variations of these with the best way. A
    /// later trial must beat the best before it by more than one standard error of their paired difference, so that
    /// the settings given are not left for a lucky draw.
    pub(crate) fn choose(&self, learner: &LearnerConfig) -> Result<Chosen, TrainingError> {
        let reductions = reductions(self.config.search, &self.problem.objective);
        let learners = match self.config.search {
            Search::None => vec![learner.clone()],
            Search::Small => learner.variations(),
        };
        let of = reductions.len() + learners.len() - 1;
        let mut best: Option<Chosen> = None;
        for number in 0..of {
            let trial = match &best {
                Some(best) if reductions.len() <= number => {
                    Trial { learner: learners[number + 1 - reductions.len()].clone(), ..best.trial.clone() }
                }
                Some(_) | None => Trial { learner: learners[0].clone(), variance_reduction: reductions[number] },
            };
            let tried = self.tried(trial, of)?;
            self.progress.trial_done(number + 1, of, tried.objective);
            if best.as_ref().is_none_or(|best| is_better(&tried.utilities, &best.utilities)) {
                best = Some(tried);
            }
        }
        Ok(best.expect("Invariant: there is at least one trial"))
    }

    fn tried(&self, trial: Trial, trials: usize) -> Result<Chosen, TrainingError> {
        let improved: Vec<Result<Improved, TrainingError>> = self
            .folds
            .par_iter()
            .map(|(train, test)| trial.improve(self.problem, train, Some(test), self.config.rounds, self.seed))
            .collect();
        let improved = improved.into_iter().collect::<Result<Vec<_>, _>>()?;
        let round = self.best_round(&improved);
        let objectives: Vec<f64> = improved.into_iter().flat_map(|improved| improved.finished).collect();
        let objective = mean_objective(&self.problem.objective, &objectives);
        let utilities = match self.problem.objective.utility {
            Utility::MeanVariance => objectives,
            Utility::Exponential => {
                objectives.into_iter().map(|value| self.problem.objective.utility_of(value)).collect()
            }
        };
        Ok(Chosen { trial, round, objective, trials, utilities })
    }

    /// The round with the best mean J over the validation trades of all folds; a fold that settled keeps its last score.
    fn best_round(&self, improved: &[Improved]) -> usize {
        let after = |round: usize| -> f64 {
            let at = |improved: &Improved| improved.scores[round.min(improved.scores.len() - 1)];
            improved.iter().zip(&self.folds).map(|(improved, fold)| fold.1.trades.len() as f64 * at(improved)).sum()
        };
        (1..self.config.rounds).fold(0, |best, round| if after(best) < after(round) { round } else { best })
    }
}

impl Trial {
    /// Up to `last_round` rounds of as many as were tried on the folds, on all of `train`.
    pub(crate) fn fit(
        &self,
        problem: &Problem,
        train: &Sample,
        rounds: usize,
        last_round: usize,
        seed: u64,
    ) -> Result<Improved, TrainingError> {
        let start = self.start(problem, train, rounds, seed)?;
        let schedule = Schedule { rounds: last_round, ..self.schedule(rounds) };
        rounds::improve(&self.learner, problem, train, None, start, schedule, seed)
    }

    fn improve(
        &self,
        problem: &Problem,
        train: &Sample,
        choosing: Option<&Sample>,
        rounds: usize,
        seed: u64,
    ) -> Result<Improved, TrainingError> {
        let start = self.start(problem, train, rounds, seed)?;
        rounds::improve(&self.learner, problem, train, choosing, start, self.schedule(rounds), seed)
    }

    /// Where all but the linear learner start: from a quick linear fit, because from holding everything each round only moves
    /// the decision of a few bars.
    fn start(
        &self,
        problem: &Problem,
        train: &Sample,
        rounds: usize,
        seed: u64,
    ) -> Result<Option<Start>, TrainingError> {
        match self.learner {
            LearnerConfig::Linear(_) => Ok(None),
            LearnerConfig::Logistic(_)
            | LearnerConfig::BoostedTrees(_)
            | LearnerConfig::ReadableTree(_)
            | LearnerConfig::Mlp(_)
            | LearnerConfig::Gru(_)
            | LearnerConfig::Direct(_)
            | LearnerConfig::Ensemble(_) => {
                let train = &*train.present();
                let learner = LearnerConfig::Linear(LinearConfig { l1_ratio: 0.0, ..LinearConfig::default() });
                let quick = Self { learner, variance_reduction: self.variance_reduction };
                Ok(Some(quick.improve(problem, train, None, rounds, seed)?.start))
            }
        }
    }

    fn schedule(&self, rounds: usize) -> Schedule {
        // Those that start from a good policy need few rounds, and each is dear.
        const FEW_ROUNDS: usize = 3;
        let rounds = match &self.learner {
            LearnerConfig::Linear(_) => rounds,
            LearnerConfig::Logistic(_)
            | LearnerConfig::BoostedTrees(_)
            | LearnerConfig::ReadableTree(_)
            | LearnerConfig::Mlp(_)
            | LearnerConfig::Gru(_)
            | LearnerConfig::Direct(_)
            | LearnerConfig::Ensemble(_) => rounds.min(FEW_ROUNDS),
        };
        let ramp_rounds = (rounds / 2).clamp(1, 4);
        Schedule { rounds, ramp_rounds, settled: 2e-3, variance_reduction: self.variance_reduction }
    }
}

fn reductions(search: Search, objective: &Objective) -> &'static [VarianceReduction] {
    match (search, objective.utility) {
        (Search::Small, Utility::MeanVariance) => {
            &[VarianceReduction::Predictable, VarianceReduction::Bootstrapped, VarianceReduction::None]
        }
        (Search::None, Utility::MeanVariance) => &[VarianceReduction::Predictable],
        (Search::Small, Utility::Exponential) => &[VarianceReduction::None, VarianceReduction::Bootstrapped],
        (Search::None, Utility::Exponential) => &[VarianceReduction::None],
    }
}

/// Whether the mean of `candidate` lies above that of `best` by more than one standard error of the difference.
fn is_better(candidate: &[f64], best: &[f64]) -> bool {
    let count = candidate.len() as f64;
    let differences = || candidate.iter().zip(best).map(|(candidate, best)| candidate - best);
    let mean = differences().sum::<f64>() / count;
    let square = differences().map(|difference| (difference - mean).powi(2)).sum::<f64>() / count;
    (square / count).sqrt() < mean
}
