//! Rounds of policy improvement: values of following the present policy, a fit to them, the policy it implies.

use scaleout_model::{Regressor, VarianceReduction, to_hold_values};

use crate::{
    error::TrainingError,
    improve::{certainty_pricing::Pricing, comparison::best_round, noise_weights::weights_by_noise},
    learners::learner::{Fitting, Learner},
    problem::{
        marginals::to_marginals,
        rewards::Rewards,
        target_table::TargetTable,
        targets::{Bootstrap, realised_values},
        task::LearningTask,
    },
    rows::sample::RowSample,
};

/// λ: of what lies one step further ahead, the share that is realised.
fn realised_share(reduction: VarianceReduction) -> Option<f64> {
    match reduction {
        VarianceReduction::None | VarianceReduction::Predictable => None,
        VarianceReduction::Bootstrapped => Some(0.8),
    }
}

/// How the rounds run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RoundLimits {
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
    pub train: &'a RowSample,
    /// The pricing of their spread, under exponential utility.
    pub pricing: Option<&'a Pricing>,
    /// Where to begin instead of holding everything.
    pub start: Option<&'a Start>,
    /// Other trades, on which the best round is chosen; without them the last is kept.
    pub choosing: Option<&'a RowSample>,
}

/// Where the rounds begin: what a quick fit of another learner found on the same rows.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub policy: TargetTable,
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
    learner: &dyn Learner,
    task: &LearningTask,
    given: Given<'_>,
    limits: RoundLimits,
    seed: u64,
) -> Result<Improved, TrainingError> {
    let Given { train, pricing, start, choosing } = given;
    let rows = WeighedRows { train, pricing, weights: train.weights.clone() };
    let mut rounds = Rounds::new(learner, task, rows, limits.variance_reduction, seed)?;
    let mut policy = match start {
        Some(Start { policy, hold }) => {
            rounds.present = Some(hold.clone());
            policy.clone()
        }
        None => TargetTable::hold(train, task.grid),
    };
    let mut scores = Vec::new();
    let mut kept: Option<Kept> = None;
    for round in 0..limits.rounds.max(1) {
        let Round { regressor, targets, hold, .. } = rounds.next(&policy)?;
        let next = TargetTable::greedy(train, task.grid, &hold);
        let changed = next.difference(&policy);
        let is_best = match choosing {
            None => true,
            Some(sample) => {
                scores.push(task.utilities(task.score(sample, &task.policy(&regressor, sample)).0));
                best_round(learner, &scores) == round
            }
        };
        policy = next;
        if is_best {
            kept = Some(Kept { regressor, targets, start: Start { policy: policy.clone(), hold } });
        }
        if changed < limits.settled {
            break;
        }
    }
    let Kept { regressor, targets, start } = kept.expect("Invariant: the first round is the best of one");
    let regressor = rounds.finish(regressor, &targets)?;
    let finished = choosing.map(|sample| task.score(sample, &task.policy(&regressor, sample)).0);
    Ok(Improved { regressor, start, scores, finished: finished.unwrap_or_default() })
}

/// Rows and how much each of them counts.
#[derive(Debug, Clone)]
pub(crate) struct WeighedRows<'a> {
    pub train: &'a RowSample,
    /// The pricing of their spread, under exponential utility.
    pub pricing: Option<&'a Pricing>,
    /// Weight of each row; 0 leaves it out.
    pub weights: Vec<f64>,
}

/// One learner on some rows, round after round.
pub(crate) struct Rounds<'a> {
    learner: &'a dyn Learner,
    task: &'a LearningTask,
    rows: WeighedRows<'a>,
    reduction: VarianceReduction,
    seed: u64,
    fitting: Box<dyn Fitting + 'a>,
    /// Gain and variance of each step as far as they are foretold.
    predictable: Option<(Vec<f64>, Vec<f64>)>,
    /// Hold values of the round before, or of the start, (N × outputs).
    pub present: Option<Vec<f64>>,
    round: usize,
}

/// What came of one round.
pub(crate) struct Round {
    pub regressor: Regressor,
    /// What it was fitted to, (N × outputs).
    pub targets: Vec<f64>,
    /// What it says of all rows, those that do not count among them, (N × outputs).
    pub marginals: Vec<f64>,
    /// The same as hold values.
    pub hold: Vec<f64>,
}

impl<'a> Rounds<'a> {
    /// Rounds of `learner` on `rows`.
    ///
    /// # Errors
    /// Rows in which nothing varies.
    pub(crate) fn new(
        learner: &'a dyn Learner,
        task: &'a LearningTask,
        rows: WeighedRows<'a>,
        reduction: VarianceReduction,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        let mut fitting = learner.prepare(rows.train, rows.weights.clone(), seed)?;
        let reduces = reduction != VarianceReduction::None && rows.pricing.is_none();
        let predictable = if reduces { Some(predictable_rewards(fitting.as_mut(), rows.train)?) } else { None };
        Ok(Self { learner, task, rows, reduction, seed, fitting, predictable, present: None, round: 0 })
    }

    /// Fits the values of following `policy`.
    pub(crate) fn next(&mut self, policy: &TargetTable) -> Result<Round, TrainingError> {
        let WeighedRows { train, pricing, weights } = &self.rows;
        let (train, pricing, task) = (*train, *pricing, self.task);
        let outputs = task.grid.outputs();
        let rewards = rewards(train, self.predictable.as_ref());
        let control = match pricing {
            Some(pricing) if self.reduction != VarianceReduction::None => pricing.control.as_ref(),
            Some(_) | None => None,
        };
        // A round leans on a fit of its own learner only: another's bias would stay.
        let is_first = self.round == 0;
        let own = self.present.as_deref().filter(|_| !is_first);
        let bootstrap = own.zip(realised_share(self.reduction));
        let bootstrap = bootstrap.map(|(hold, realised_share)| Bootstrap { hold, realised_share });
        let mut targets = realised_values(train, task.grid, &task.objective, rewards, policy, bootstrap);
        match pricing {
            None => to_marginals(&mut targets, task.grid.tranches),
            Some(pricing) => pricing.price(&mut targets, task),
        }
        let weighs_noise = is_first && self.learner.weighs_noise();
        let centre = self.present.take().filter(|_| control.is_some() || weighs_noise).map(|mut hold| {
            to_marginals(&mut hold, task.grid.tranches);
            hold
        });
        if let Some(control) = control {
            let realised_share = if is_first { None } else { realised_share(self.reduction) };
            let realised_share = realised_share.unwrap_or(1.0);
            control.take_out(&mut targets, centre.as_deref(), train, task.grid, policy, realised_share);
        }
        if weighs_noise {
            let fitted = match centre {
                Some(centre) => centre,
                None => self.fitting.fit(&targets, outputs)?.with_predictions(train).1,
            };
            let weights = weights_by_noise(train, weights, &targets, &fitted, outputs)?;
            self.fitting = self.learner.prepare(train, weights, self.seed)?;
        }
        let (regressor, marginals) = self.fitting.fit(&targets, outputs)?.with_predictions(train);
        let mut hold = marginals.clone();
        to_hold_values(&mut hold, task.grid.tranches, task.shape);
        self.present = Some(hold.clone());
        self.round += 1;
        Ok(Round { regressor, targets, marginals, hold })
    }

    /// The regressor that is kept of a round which found `regressor` for `targets`.
    pub(crate) fn finish(&mut self, regressor: Regressor, targets: &[f64]) -> Result<Regressor, TrainingError> {
        let regressor = self.fitting.finish(targets, self.task.grid.outputs())?.unwrap_or(regressor);
        let train = self.rows.train;
        let rewards = rewards(train, self.predictable.as_ref());
        Ok(self.fitting.refine(self.task, train, rewards, &regressor)?.unwrap_or(regressor))
    }
}

/// What steps pay: what is foretold of them where that is known, else what was realised.
fn rewards<'r>(train: &'r RowSample, predictable: Option<&'r (Vec<f64>, Vec<f64>)>) -> Rewards<'r> {
    match predictable {
        None => Rewards::realised(train),
        Some((gain, variance)) => Rewards { gain, variance },
    }
}

/// Fits of the gain and of the variance of each step.
fn predictable_rewards(fitting: &mut dyn Fitting, train: &RowSample) -> Result<(Vec<f64>, Vec<f64>), TrainingError> {
    let targets: Vec<f64> =
        train.gain.iter().zip(&train.variance).flat_map(|(gain, variance)| [*gain, *variance]).collect();
    let (_, fitted) = fitting.means(&targets, 2)?.with_predictions(train);
    Ok(fitted.chunks_exact(2).map(|pair| (pair[0], pair[1].max(0.0))).unzip())
}
