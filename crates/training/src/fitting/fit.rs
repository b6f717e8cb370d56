//! From trades to a model: inner purged folds choose settings and rounds, then everything is fitted once more.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Objective, TradeTerms};
use scaleout_model::{FractionGrid, LearnerSettings, MODEL_VERSION, Model, Shape, TrainingFacts, VarianceReduction};
use scaleout_validation::{Span, Split, effective_count, purged_k_fold};

use crate::{
    departure::depart::{Departed, depart},
    error::TrainingError,
    fitting::{
        config::{Caution, FitConfig},
        progress::FitProgress,
    },
    improve::{
        search::{Searching, reductions},
        trial::Trial,
        trial_rows::TrialRows,
    },
    learners::registry::LearnerConfig,
    problem::task::LearningTask,
    rows::{data::TrainingData, lot_states::LotStates, sample::RowSample},
};

/// Fewest trades that anything is learned from.
pub const LEAST_TRADES: usize = 20;

/// Validation trades beyond which no further fold is held out: they tell settings apart, and folds are dear.
const ENOUGH_VALIDATION: usize = 3_000;

/// A fitted model, and how well it was meant to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// The model, fitted on all trades.
    pub model: Model,
    /// J of every trade in the order given, each under fits that did not see it, in utility where utility is exponential;
    /// empty where [`Caution::None`] makes no such fits.
    pub out_of_fold: Vec<f64>,
}

/// The model that [`learn`] finds.
///
/// # Errors
/// As [`learn`].
pub fn fit(
    data: &TrainingData,
    train: &[usize],
    objective: &Objective,
    learner: &LearnerConfig,
    config: &FitConfig,
    seed: u64,
    progress: &dyn FitProgress,
) -> Result<Model, TrainingError> {
    Ok(learn(data, train, objective, learner, config, seed, progress)?.model)
}

/// Fits `learner` on the trades at `train`, chooses its settings and rounds on purged folds among them, and how sure it
/// must be before it departs from the best plain rule.
///
/// Scalers, screening and choices see only those trades. The result is the same on any number of threads.
///
/// # Errors
/// Fewer than [`LEAST_TRADES`] trades, settings out of range, rows in which nothing varies.
pub fn learn(
    data: &TrainingData,
    train: &[usize],
    objective: &Objective,
    learner: &LearnerConfig,
    config: &FitConfig,
    seed: u64,
    progress: &dyn FitProgress,
) -> Result<Learned, TrainingError> {
    config.check(data.horizon_bars())?;
    learner.check()?;
    let data = &*data.with_window(learner.window())?;
    if train.len() < LEAST_TRADES {
        return Err(TrainingError::TooFewTrades { trades: train.len(), least: LEAST_TRADES });
    }
    let spans: Vec<Span> = train.iter().map(|&index| data.paths()[index].span).collect();
    let task = task(data, train, objective, config);
    let of = |places: &[usize]| data.sample(&places.iter().map(|&place| train[place]).collect::<Vec<_>>(), task.grid);
    let mut validated = 0;
    let folds: Vec<Split> = purged_k_fold(&spans, config.folds, 0)?
        .into_iter()
        .filter(|split| !split.train.is_empty() && !split.test.is_empty())
        .take_while(|split| {
            let before = validated;
            validated += split.test.len();
            before < ENOUGH_VALIDATION
        })
        .collect();
    let rows = |train, learner: &LearnerConfig, reductions: &[VarianceReduction]| {
        TrialRows::new(train, &task, learner.learner(), reductions, config.rounds, seed)
    };
    let tried = reductions(config.search, objective, learner);
    let folds: Vec<Result<(TrialRows, RowSample), TrainingError>> =
        folds.par_iter().map(|split| Ok((rows(of(&split.train), learner, tried)?, of(&split.test)))).collect();
    let folds = folds.into_iter().collect::<Result<_, _>>()?;
    let chosen = Searching { task: &task, folds, config, seed, progress }.choose(learner)?;
    let Trial { learner: settings, variance_reduction } = &chosen.trial;
    let sample = data.sample(train, task.grid);
    let bar_reach_r = bar_reach_r(&sample.gain);
    let departed = match config.caution {
        Caution::Chosen => Some(depart(&sample, &spans, data.layout(), &task, &chosen.trial, config.rounds, seed)?),
        Caution::None => None,
    };
    let (regressor, facts, out_of_fold) = match departed {
        Some(Departed { regressor, facts, out_of_fold }) => (regressor, Some(facts), out_of_fold),
        None => (None, None, Vec::new()),
    };
    let regressor = match regressor {
        Some(regressor) => regressor,
        None => {
            let all = rows(sample, settings, &[*variance_reduction])?;
            let given = all.given(*variance_reduction, None);
            chosen.trial.repeat(&task, given, config.rounds, chosen.round + 1, seed)?.regressor
        }
    };
    let validation_objective = match out_of_fold.len() {
        0 => chosen.objective,
        trades => objective.certainty_equivalent_r(out_of_fold.iter().sum::<f64>() / trades as f64),
    };
    let terms = || train.iter().map(|&index| data.paths()[index].unit.terms);
    let impact_power = terms().find(|terms| 0.0 < terms.impact_r).map_or(1.0, |terms| terms.impact_power);
    let model = Model {
        version: MODEL_VERSION,
        layout: data.layout().clone(),
        tranches: config.tranches,
        horizon_bars: data.horizon_bars(),
        objective: objective.clone(),
        limits: config.limits,
        impact_power,
        shape: task.shape,
        learner: LearnerSettings::of(&chosen.trial.learner).expect("Invariant: a learner is settings with a kind"),
        variance_reduction: chosen.trial.variance_reduction,
        regressor,
        training: TrainingFacts {
            trades: train.len(),
            effective_trades: effective_count(&spans),
            first: spans.iter().map(|span| span.start()).min().expect("Invariant: there are trades"),
            last: spans.iter().map(|span| span.end()).max().expect("Invariant: there are trades"),
            bar_reach_r,
            rounds: chosen.round + 1,
            trials: chosen.trials,
            validation_objective: Some(validation_objective),
            departure: facts,
        },
    };
    Ok(Learned { model, out_of_fold })
}

/// The 99 % quantile of the absolute gains of a bar, in R.
fn bar_reach_r(gains: &[f64]) -> f64 {
    let mut sizes: Vec<f64> = gains.iter().map(|gain| gain.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes[(sizes.len() - 1) * 99 / 100]
}

/// What is to be learned from the trades at `train`.
pub(crate) fn task(data: &TrainingData, train: &[usize], objective: &Objective, config: &FitConfig) -> LearningTask {
    let grid = FractionGrid::new(config.tranches, &config.limits);
    let is_coupled = |terms: &TradeTerms| 0.0 < terms.per_order_r || LotStates::of(terms, grid).is_some();
    let has_coupled = train.iter().any(|&index| is_coupled(&data.paths()[index].unit.terms));
    let shape = if has_coupled || 1 < grid.waits { Shape::Free } else { Shape::Concave };
    LearningTask { grid, objective: objective.clone(), shape }
}
