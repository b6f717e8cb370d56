//! Rounds of policy improvement: values of following the present policy, a fit to them, the policy it implies.

use scaleout_exits::{Objective, Utility};

use crate::{
    LearnerConfig, Regressor, Shape, TrainingError,
    compose::{to_hold_values, to_marginals, utility_targets},
    data::Sample,
    learners::Fitting,
    limits::Grid,
    realised::{PolicyTable, Rewards, mean_objective, objectives, realised_values},
};

/// What is to be learned, apart from the rows.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub grid: Grid,
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

    /// The policy that `regressor` implies.
    pub(crate) fn policy(&self, regressor: &Regressor, sample: &Sample) -> PolicyTable {
        PolicyTable::greedy(sample, self.grid, &self.hold_values(regressor, sample))
    }

    /// J of every trade of `sample` under `policy`, and their mean.
    pub(crate) fn score(&self, sample: &Sample, policy: &PolicyTable) -> (Vec<f64>, f64) {
        let each = objectives(sample, self.grid, &self.objective, policy);
        let mean = mean_objective(&self.objective, &each);
        (each, mean)
    }
}

/// Whether the part of each step's reward that no feature foretells is taken out of the targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VarianceReduction {
    /// Targets are the realised values.
    None,
    /// Gains and variances are replaced by their own fits on the same features: a control variate that is exact
    /// where the fit is, and trades noise for bias where it is not.
    #[default]
    Predictable,
}

/// How the rounds run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Schedule {
    /// Most rounds.
    pub rounds: usize,
    /// Rounds end early when fewer decisions than this share change.
    pub settled: f64,
    pub variance_reduction: VarianceReduction,
}

/// What came of some rounds.
#[derive(Debug, Clone)]
pub(crate) struct Improved {
    /// The regressor of the best round, finished.
    pub regressor: Regressor,
    /// The policy of the best round on the training rows: a start for another learner.
    pub policy: PolicyTable,
    /// Mean J on the choosing sample after each round.
    pub scores: Vec<f64>,
    /// J of every trade of the choosing sample under the finished regressor; empty without one.
    pub finished: Vec<f64>,
}

/// The best round so far.
struct Kept {
    regressor: Regressor,
    targets: Vec<f64>,
    policy: PolicyTable,
}

/// Improves on `start` (or on holding everything) and keeps the round that is best on `choosing`; without a
/// choosing sample the last of exactly `schedule.rounds` rounds.
pub(crate) fn improve(
    learner: &LearnerConfig,
    problem: &Problem,
    train: &Sample,
    choosing: Option<&Sample>,
    start: Option<&PolicyTable>,
    schedule: Schedule,
    seed: u64,
) -> Result<Improved, TrainingError> {
    let mut fitting = learner.prepare(train, train.weights.clone(), seed)?;
    let predictable = match schedule.variance_reduction {
        VarianceReduction::None => None,
        VarianceReduction::Predictable => Some(predictable_rewards(fitting.as_mut(), problem, train)?),
    };
    let rewards = match &predictable {
        None => Rewards::realised(train),
        Some((gain, variance)) => Rewards { gain, variance },
    };
    let outputs = problem.grid.outputs();
    let mut policy = start.cloned().unwrap_or_else(|| PolicyTable::hold(train, problem.grid));
    let mut present: Option<Vec<f64>> = None;
    let mut scores = Vec::new();
    let mut kept: Option<Kept> = None;
    for round in 0..schedule.rounds.max(1) {
        let mut targets = realised_values(train, problem.grid, &problem.objective, rewards, &policy);
        utility_targets(&mut targets, present.as_deref(), problem.objective.utility, problem.objective.risk_aversion);
        to_marginals(&mut targets, problem.grid.tranches);
        let regressor = fitting.fit(&targets, outputs)?;
        let hold = problem.hold_values(&regressor, train);
        let next = PolicyTable::greedy(train, problem.grid, &hold);
        let changed = next.difference(&policy);
        let is_best = match choosing {
            None => true,
            Some(sample) => {
                let (_, score) = problem.score(sample, &problem.policy(&regressor, sample));
                scores.push(score);
                scores[..round].iter().all(|earlier| *earlier < score)
            }
        };
        policy = next;
        present = Some(hold);
        if is_best {
            kept = Some(Kept { regressor, targets, policy: policy.clone() });
        }
        if changed < schedule.settled && choosing.is_some() {
            break;
        }
    }
    let Kept { regressor, targets, policy } = kept.expect("Invariant: the first round is the best of one");
    let regressor = fitting.finish(&targets, outputs)?.unwrap_or(regressor);
    let regressor = fitting.refine(problem, train, rewards, &regressor)?.unwrap_or(regressor);
    let finished = choosing.map(|sample| problem.score(sample, &problem.policy(&regressor, sample)).0);
    Ok(Improved { regressor, policy, scores, finished: finished.unwrap_or_default() })
}

/// Fits of the gain and of the variance of each step, where they are rewards.
fn predictable_rewards(
    fitting: &mut dyn Fitting,
    problem: &Problem,
    train: &Sample,
) -> Result<(Vec<f64>, Vec<f64>), TrainingError> {
    match problem.objective.utility {
        // The spread of the whole result is what is priced, so nothing may be taken out of it.
        Utility::Exponential => Ok((train.gain.clone(), train.variance.clone())),
        Utility::MeanVariance => {
            let targets: Vec<f64> =
                train.gain.iter().zip(&train.variance).flat_map(|(gain, variance)| [*gain, *variance]).collect();
            let regressor = match fitting.finish(&targets, 2)? {
                Some(finished) => finished,
                None => fitting.fit(&targets, 2)?,
            };
            let fitted = regressor.predict(&train.features, train.width);
            Ok(fitted.chunks_exact(2).map(|pair| (pair[0], pair[1].max(0.0))).unzip())
        }
    }
}
