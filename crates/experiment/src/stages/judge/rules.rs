//! Who can be followed.

use std::sync::Arc;

use scaleout_evaluation::{ContestantKind, Family};
use scaleout_exits::{ExitPolicy, policies::PolicyConfig};
use scaleout_model::{Model, ModelPolicy, RestingModelPolicy};

use crate::{
    ExperimentError, Lesson, Prepared,
    lessons::out_of_range::InRangeOnly,
    stages::judge::names::{CANDIDATE, PLAN},
};

/// One exit rule that can be followed: a policy for each lesson.
pub(crate) struct JudgedExit {
    pub(crate) name: String,
    pub(super) kind: ContestantKind,
    pub(super) family: Family,
    /// One for each lesson, in the order of the folds.
    pub(crate) policies: Vec<Box<dyn ExitPolicy>>,
}

/// Everyone who can be followed: the baselines, each learner selling at the open and with resting limits, and the
/// candidate.
pub(super) fn rules(prepared: &Prepared, lessons: &[&Lesson]) -> Result<Vec<JudgedExit>, ExperimentError> {
    let Some(first) = lessons.first() else { return Ok(Vec::new()) };
    let mut rules = Vec::new();
    for (place, baseline) in first.baselines.iter().enumerate() {
        rules.push(JudgedExit {
            name: baseline.name.clone(),
            kind: ContestantKind::Baseline,
            family: baseline.policy.style().into(),
            policies: lessons.iter().map(|lesson| PolicyConfig::build(&lesson.baselines[place].policy)).collect(),
        });
    }
    for (place, learner) in first.models.iter().enumerate() {
        let resting = format!("{} (resting)", learner.name);
        rules.push(learned(
            prepared,
            lessons,
            learner.name.clone(),
            |_| place,
            |model| Box::new(ModelPolicy::new(model)),
        )?);
        rules.push(learned(prepared, lessons, resting, |_| place, |model| Box::new(RestingModelPolicy::new(model)))?);
    }
    if !first.models.is_empty() {
        let name = CANDIDATE.to_owned();
        let mut candidate =
            learned(prepared, lessons, name, |lesson| lesson.chosen, |model| Box::new(ModelPolicy::new(model)))?;
        for (lesson, policy) in lessons.iter().zip(&mut candidate.policies) {
            if let Some(place) = lesson.follows() {
                *policy = PolicyConfig::build(&lesson.baselines[place].policy);
            }
        }
        rules.push(candidate);
    }
    let cards: Option<Vec<_>> = lessons.iter().map(|lesson| Some(lesson.plan.as_ref()?.policy.build())).collect();
    if let Some(policies) = cards {
        rules.push(JudgedExit { name: PLAN.to_owned(), kind: ContestantKind::Model, family: Family::Plan, policies });
    }
    Ok(rules)
}

/// The rule that follows in each fold the model that `place_of` picks from its lesson, in the way of `policy_of`.
fn learned(
    prepared: &Prepared,
    lessons: &[&Lesson],
    name: String,
    place_of: impl Fn(&Lesson) -> usize,
    policy_of: impl Fn(Arc<Model>) -> Box<dyn ExitPolicy>,
) -> Result<JudgedExit, ExperimentError> {
    let policies = lessons
        .iter()
        .map(|lesson| {
            let model = &lesson.models[place_of(lesson)].model;
            let config = &prepared.config;
            model.check_use(config.replay.horizon_bars, &prepared.objective, &config.training.fit.limits)?;
            for trade in &prepared.trades {
                model.check_terms(&trade.unit.terms)?;
            }
            let policy = policy_of(Arc::new(model.clone()));
            Ok(match &lesson.bounds {
                Some(bounds) => Box::new(InRangeOnly::new(policy, model, bounds)),
                None => policy,
            })
        })
        .collect::<Result<_, ExperimentError>>()?;
    Ok(JudgedExit { name, kind: ContestantKind::Model, family: Family::Learned, policies })
}
