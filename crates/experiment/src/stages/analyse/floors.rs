//! What the candidate was held to inside each training span.

use scaleout_report::FloorSummary;

use crate::{Fitted, FittedModel, Lesson};

/// A summary for each fold, the refit last, of chosen models that may depart from a plain rule.
pub(super) fn floors(fitted: &Fitted) -> Vec<FloorSummary> {
    let folds = fitted.folds.iter().enumerate().map(|(place, fold)| (Some(place + 1), &fold.lesson));
    folds.chain([(None, &fitted.refit)]).filter_map(|(fold, lesson)| floor(fold, lesson)).collect()
}

fn floor(fold: Option<usize>, lesson: &Lesson) -> Option<FloorSummary> {
    let FittedModel { name, model } = lesson.models.get(lesson.chosen)?;
    let facts = model.training.departure.as_ref()?;
    Some(FloorSummary {
        fold,
        trades: model.training.trades,
        learner: name.clone(),
        follows: lesson.follows().map(|place| lesson.baselines[place].name.clone()),
        rule: facts.rule.name.clone(),
        caution: facts.caution,
        sell_at_once: facts.sell_at_once,
        rule_out_of_fold: facts.rule_out_of_fold,
        tuned_rule_out_of_fold: lesson.floor.as_ref().map(|floor| floor.objective),
        model_out_of_fold: model.training.validation_objective?,
    })
}
