//! From trades to a model: inner purged folds choose settings and rounds, then everything is fitted once more.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Objective, TradeTerms};
use scaleout_model::{FractionGrid, LearnerSettings, MODEL_VERSION, Model, Shape, TrainingFacts, VarianceReduction};
use scaleout_validation::{Span, Split, effective_count, purged_k_fold};

use crate::{
    error::TrainingError,
    fitting::{config::FitConfig, progress::FitProgress},
    improve::{
        search::{Searching, reductions},
        trial::Trial,
        trial_rows::TrialRows,
    },
    learners::registry::LearnerConfig,
    problem::task::LearningTask,
    rows::{data::TrainingData, lot_states::LotStates, sample::Sample},
};

/// Fewest trades that anything is learned from.
pub const LEAST_TRADES: usize = 20;

/// Validation trades beyond which no further fold is held out: they tell settings apart, and folds are dear.
const ENOUGH_VALIDATION: usize = 3_000;

/// Fits `learner` on the trades at `train`, and chooses its settings and rounds on purged folds among them.
///
/// Scalers, screening and choices see only those trades. The result is the same on any number of threads.
///
/// # Errors
/// Fewer than [`LEAST_TRADES`] trades, settings out of range, rows in which nothing varies.
pub fn fit(
    data: &TrainingData,
    train: &[usize],
    objective: &Objective,
    learner: &LearnerConfig,
    config: &FitConfig,
    seed: u64,
    progress: &dyn FitProgress,
) -> Result<Model, TrainingError> {
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
    let folds: Vec<Result<(TrialRows, Sample), TrainingError>> =
        folds.par_iter().map(|split| Ok((rows(of(&split.train), learner, tried)?, of(&split.test)))).collect();
    let folds = folds.into_iter().collect::<Result<_, _>>()?;
    let chosen = Searching { task: &task, folds, config, seed, progress }.choose(learner)?;
    let Trial { learner, variance_reduction } = &chosen.trial;
    let all = rows(data.sample(train, task.grid), learner, &[*variance_reduction])?;
    let fitted =
        chosen.trial.repeat(&task, all.given(*variance_reduction, None), config.rounds, chosen.round + 1, seed)?;
    let terms = || train.iter().map(|&index| data.paths()[index].unit.terms);
    let impact_power = terms().find(|terms| 0.0 < terms.impact_r).map_or(1.0, |terms| terms.impact_power);
    Ok(Model {
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
        regressor: fitted.regressor,
        training: TrainingFacts {
            trades: train.len(),
            effective_trades: effective_count(&spans),
            first: spans.iter().map(|span| span.start()).min().expect("Invariant: there are trades"),
            last: spans.iter().map(|span| span.end()).max().expect("Invariant: there are trades"),
            bar_reach_r: bar_reach_r(&all.train.gain),
            rounds: chosen.round + 1,
            trials: chosen.trials,
            validation_objective: Some(chosen.objective),
        },
    })
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
