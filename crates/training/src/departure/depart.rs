//! From chosen settings to a model that departs from the best baseline only where it is sure enough.

use scaleout_model::{DepartureFacts, DepartureRegressor, ObjectiveAtCaution, Regressor, RowLayout};
use scaleout_validation::{Span, Split, purged_k_fold};

use crate::{
    departure::{
        baselines::{AT_ONCE, Baselines},
        caution::{self, CAUTIONS},
        cross_fit::CrossFitting,
    },
    error::TrainingError,
    improve::trial::Trial,
    problem::task::LearningTask,
    rows::sample::RowSample,
};

/// Blocks of the training time of which each is left out by one fit.
pub const BLOCKS: usize = 8;

/// What is departed from, and how.
pub(crate) struct Departed {
    /// The model's regressor; `None` where the plain fit to all trades is as safe.
    pub regressor: Option<Regressor>,
    pub facts: DepartureFacts,
    /// J of every trade under fits that did not see it, in utility where utility is exponential.
    pub out_of_fold: Vec<f64>,
}

/// Fits `trial` without each block of the training time, up to `rounds` rounds, and chooses the κ under which the trades
/// left out earned most: 0 for a learner that departs from no rule. Of the trades of `train`, `spans` are the spans.
///
/// # Errors
/// Fewer different starts of trades than blocks, rows in which nothing varies.
pub(crate) fn depart(
    train: &RowSample,
    spans: &[Span],
    layout: &RowLayout,
    task: &LearningTask,
    trial: &Trial,
    rounds: usize,
    seed: u64,
) -> Result<Departed, TrainingError> {
    let baselines = Baselines::new(train, layout, task);
    let blocks = purged_k_fold(spans, BLOCKS, 0)?;
    let blocks: Vec<Split> = blocks.into_iter().filter(|block| !block.train.is_empty()).collect();
    let fitting = CrossFitting { task, train, blocks: &blocks, baselines: &baselines, seed };
    let found = fitting.fit(trial, rounds)?;
    let of_rules = || found.rules.iter().enumerate().map(|(trade, &rule)| baselines.utilities(rule)[trade]).collect();
    let of_caution = |caution: f64| {
        let policy = fitting.departing(&found.out_of_fold, &found.rules, caution);
        task.utilities(task.score(train, &policy).0)
    };
    let mut utilities: Vec<Vec<f64>> =
        CAUTIONS.iter().map(|caution| caution.map_or_else(of_rules, of_caution)).collect();
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&trade| spans[trade].start());
    let in_time = |utilities: &Vec<f64>| order.iter().map(|&trade| utilities[trade]).collect();
    let place = if trial.learner.learner().may_depart() {
        caution::choose(&utilities.iter().map(in_time).collect::<Vec<Vec<f64>>>())
    } else {
        PLAIN
    };

    let mean = |utilities: &[f64]| {
        task.objective.certainty_equivalent_r(utilities.iter().sum::<f64>() / utilities.len() as f64)
    };
    let by_caution = CAUTIONS.iter().zip(&utilities);
    let by_caution = by_caution.map(|(&caution, utilities)| ObjectiveAtCaution { caution, objective: mean(utilities) });
    let everything: Vec<usize> = (0..spans.len()).collect();
    let rule = baselines.rule(baselines.best_on(&everything)).clone();
    let facts = DepartureFacts {
        rule: rule.clone(),
        caution: CAUTIONS[place],
        sell_at_once: mean(baselines.utilities(AT_ONCE)),
        rule_out_of_fold: mean(&utilities[RULE_ALONE]),
        by_caution: by_caution.collect(),
    };
    let outputs = task.grid.outputs();
    let regressor = match CAUTIONS[place] {
        Some(0.0) => None,
        caution => {
            let members = if caution.is_some() { found.members } else { Vec::new() };
            let left_out = fitting.left_out();
            Some(Regressor::Departure(DepartureRegressor { rule, outputs, caution, left_out, members }))
        }
    };
    Ok(Departed { regressor, facts, out_of_fold: utilities.swap_remove(place) })
}

/// Place in [`CAUTIONS`] of doing what the hold values say.
const PLAIN: usize = 0;

/// Place in [`CAUTIONS`] of the rule alone.
const RULE_ALONE: usize = CAUTIONS.len() - 1;
