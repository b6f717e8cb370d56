//! Rounds of policy improvement: values of following the present policy, a fit to them, the policy it implies.

use scaleout_exits::{Objective, Utility};
use scaleout_model::{FractionGrid, Regressor, Shape, VarianceReduction, to_hold_values};

use crate::{
    LearnerConfig, TrainingError,
    data::Sample,
    learners::Fitting,
    marginals::to_marginals,
    noise::weights_by_noise,
    pricing::Pricing,
    realised::{Bootstrap, PolicyTable, Rewards, mean_objective, objectives, realised_values},
};

/// What is to be learned, apart from the rows.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub grid: FractionGrid,
    pub objective: Objective,
    pub shape: Shape,
}

impl Problem {
    /// H of every row and state by `regressor`, (N × outputs).
    pub(crate) fn hold_values(&self, regressor: &Regressor, sample: &Sample) -> Vec<f64> {
        let mut hold = regressor.predict(&sample.features, sample.width);
        to_hold_values(&mut hold, self.grid.tranches, self.shape);
        hold
    }

    /// Whether hold values are certainty equivalents and not means.
    pub(crate) fn is_exponential(&self) -> bool {
        self.objective.utility == Utility::Exponential && 0.0 < self.objective.risk_aversion
    }

    /// The policy that `regressor` implies.
    pub(crate) fn policy(&self, regressor: &Regressor, sample: &Sample) -> PolicyTable {
        PolicyTable::greedy(sample, self.grid, &self.hold_values(regressor, sample))
    }

    /// J of some trades as it is averaged: in utility where utility is exponential.
    pub(crate) fn utilities(&self, mut objectives: Vec<f64>) -> Vec<f64> {
        if self.objective.utility == Utility::Exponential {
            objectives.iter_mut().for_each(|value| *value = self.objective.utility_of(*value));
        }
        objectives
    }

    /// J of every trade of `sample` under `policy`, and their mean.
    pub(crate) fn score(&self, sample: &Sample, policy: &PolicyTable) -> (Vec<f64>, f64) {
        let each = objectives(sample, self.grid, &self.objective, policy);
        let mean = mean_objective(&self.objective, &each);
        (each, mean)
    }
}

/// λ: of what lies one step further ahead, the share that is realised.
fn realised_share(reduction: VarianceReduction) -> Option<f64> {
    match reduction {
        VarianceReduction::None | VarianceReduction::Predictable => None,
        VarianceReduction::Bootstrapped => Some(0.8),
    }
}

/// How the rounds run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Schedule {
    /// Most rounds.
    pub rounds: usize,
    /// Rounds end early when fewer decisions than this share change; 0 for exactly as many rounds as are given.
    pub settled: f64,
    pub variance_reduction: VarianceReduction,
}

/// What the rounds go by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// The rows to learn from.
    pub train: &'a Sample,
    /// The pricing of their spread, under exponential utility.
    pub pricing: Option<&'a Pricing>,
    /// Where to begin instead of holding everything.
    pub start: Option<&'a Start>,
    /// Other trades, on which the best round is chosen; without them the last is kept.
    pub choosing: Option<&'a Sample>,
}

/// Where the rounds begin: what a quick fit of another learner found on the same rows.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub policy: PolicyTable,
    /// Its hold values, (N × outputs).
    pub hold: Vec<f64>,
}

/// What came of some rounds.
#[derive(Debug, Clone)]
pub(crate) struct Improved {
    /// The regressor of the best round, finished.
    pub regressor: Regressor,
    /// Policy and hold values of the best round on the training rows: a start for another learner.
    pub start: Start,
    /// J of every trade of the choosing sample after each round, in utility where utility is exponential.
    pub scores: Vec<Vec<f64>>,
    /// J of every trade of the choosing sample under the finished regressor; empty without one.
    pub finished: Vec<f64>,
}

/// The best round so far.
struct Kept {
    regressor: Regressor,
    targets: Vec<f64>,
    start: Start,
}

/// Improves on the start (or on holding everything) round by round and keeps the best.
pub(crate) fn improve(
    learner: &LearnerConfig,
    problem: &Problem,
    given: Given<'_>,
    schedule: Schedule,
    seed: u64,
) -> Result<Improved, TrainingError> {
    let Given { train, pricing, start, choosing } = given;
    let mut fitting = learner.prepare(train, train.weights.clone(), seed)?;
    let reduces = schedule.variance_reduction != VarianceReduction::None;
    let (predictable, control) = match pricing {
        _ if !reduces => (None, None),
        None => (Some(predictable_rewards(fitting.as_mut(), train)?), None),
        Some(pricing) => (None, pricing.control.as_ref()),
    };
    let rewards = match &predictable {
        None => Rewards::realised(train),
        Some((gain, variance)) => Rewards { gain, variance },
    };
    let outputs = problem.grid.outputs();
    let (mut policy, mut present) = match start {
        Some(Start { policy, hold }) => (policy.clone(), Some(hold.clone())),
        None => (PolicyTable::hold(train, problem.grid), None),
    };
    let mut scores = Vec::new();
    let mut kept: Option<Kept> = None;
    for round in 0..schedule.rounds.max(1) {
        // A round leans on a fit of its own learner only: another's bias would stay.
        let own = present.as_deref().filter(|_| 0 < round);
        let bootstrap = own.zip(realised_share(schedule.variance_reduction));
        let bootstrap = bootstrap.map(|(hold, realised_share)| Bootstrap { hold, realised_share });
        let mut targets = realised_values(train, problem.grid, &problem.objective, rewards, &policy, bootstrap);
        match pricing {
            None => to_marginals(&mut targets, problem.grid.tranches),
            Some(pricing) => pricing.price(&mut targets, problem),
        }
        let weighs_noise = round == 0 && learner.weighs_noise();
        let centre = present.take().filter(|_| control.is_some() || weighs_noise).map(|mut hold| {
            to_marginals(&mut hold, problem.grid.tranches);
            hold
        });
        if let Some(control) = control {
            let realised_share = if 0 < round { realised_share(schedule.variance_reduction) } else { None };
            let realised_share = realised_share.unwrap_or(1.0);
            control.take_out(&mut targets, centre.as_deref(), train, problem.grid, &policy, realised_share);
        }
        if weighs_noise {
            let fitted = match centre {
                Some(centre) => centre,
                None => fitting.fit(&targets, outputs)?.with_predictions(train).1,
            };
            fitting = learner.prepare(train, weights_by_noise(train, &targets, &fitted, outputs)?, seed)?;
        }
        let (regressor, mut hold) = fitting.fit(&targets, outputs)?.with_predictions(train);
        to_hold_values(&mut hold, problem.grid.tranches, problem.shape);
        let next = PolicyTable::greedy(train, problem.grid, &hold);
        let changed = next.difference(&policy);
        let is_best = match choosing {
            None => true,
            Some(sample) => {
                scores.push(problem.utilities(problem.score(sample, &problem.policy(&regressor, sample)).0));
                best_round(learner, &scores) == round
            }
        };
        policy = next;
        if is_best {
            let start = Start { policy: policy.clone(), hold: hold.clone() };
            kept = Some(Kept { regressor, targets, start });
        }
        present = Some(hold);
        if changed < schedule.settled {
            break;
        }
    }
    let Kept { regressor, targets, start } = kept.expect("Invariant: the first round is the best of one");
    let regressor = fitting.finish(&targets, outputs)?.unwrap_or(regressor);
    let regressor = fitting.refine(problem, train, rewards, &regressor)?.unwrap_or(regressor);
    let finished = choosing.map(|sample| problem.score(sample, &problem.policy(&regressor, sample)).0);
    Ok(Improved { regressor, start, scores, finished: finished.unwrap_or_default() })
}

/// The round of `learner` to keep, given the values of each on the same trades.
///
/// By theory each round is better than the one before, so that of a learner that can take any shape the last is kept
/// that is not worse than the best by more than chance explains. One that cannot misses something in each round, and
/// the best is kept.
pub(crate) fn best_round(learner: &LearnerConfig, scores: &[Vec<f64>]) -> usize {
    let mean = |round: usize| scores[round].iter().sum::<f64>();
    let best = (1..scores.len()).fold(0, |best, round| if mean(best) < mean(round) { round } else { best });
    if !learner.is_flexible() {
        return best;
    }
    let is_as_good = |round: &usize| !is_better(&scores[best], &scores[*round]);
    (best..scores.len()).rev().find(is_as_good).unwrap_or(best)
}

/// Whether the mean of `candidate` lies above that of `best` by more than one standard error of the difference.
pub(crate) fn is_better(candidate: &[f64], best: &[f64]) -> bool {
    let count = candidate.len() as f64;
    let differences = || candidate.iter().zip(best).map(|(candidate, best)| candidate - best);
    let mean = differences().sum::<f64>() / count;
    let square = differences().map(|difference| (difference - mean).powi(2)).sum::<f64>() / count;
    (square / count).sqrt() < mean
}

/// Fits of the gain and of the variance of each step.
fn predictable_rewards(fitting: &mut dyn Fitting, train: &Sample) -> Result<(Vec<f64>, Vec<f64>), TrainingError> {
    let targets: Vec<f64> =
        train.gain.iter().zip(&train.variance).flat_map(|(gain, variance)| [*gain, *variance]).collect();
    let (_, fitted) = fitting.means(&targets, 2)?.with_predictions(train);
    Ok(fitted.chunks_exact(2).map(|pair| (pair[0], pair[1].max(0.0))).unzip())
}

#[cfg(test)]
mod tests {
    use super::best_round;
    use crate::{LearnerConfig, LinearConfig, TreesConfig};

    #[test]
    fn the_last_round_that_is_as_good_as_the_best_is_kept() {
        let noise =
            |sign: f64| -> Vec<f64> { (0..100).map(|trade| sign * if trade % 2 == 0 { 1.0 } else { -1.0 }).collect() };
        let level = |level: f64| -> Vec<f64> { noise(1.0).iter().map(|value| value + level).collect() };
        let trees = LearnerConfig::BoostedTrees(TreesConfig::default());
        let of_trees = |scores: &[Vec<f64>]| best_round(&trees, scores);
        assert_eq!(of_trees(&[level(0.0), level(0.2), level(0.1)]), 1, "the same noise, and less");
        assert_eq!(of_trees(&[level(0.0), level(0.05), noise(-1.0)]), 2, "chance explains the difference");
        assert_eq!(of_trees(&[level(0.5)]), 0);
        let linear = LearnerConfig::Linear(LinearConfig::default());
        assert_eq!(best_round(&linear, &[level(0.0), level(0.05), noise(-1.0)]), 1);
    }
}
