//! The plan card of a lesson: the ladder that comes closest to its model.

use scaleout_exits::policies::{PolicyConfig, PolicyStyle};
use scaleout_model::{Model, ModelPolicy, PlanCard};
use scaleout_training::{GridObjectives, PlanTask, plan_card};

use crate::{ExperimentError, Prepared};

/// The ladder that comes closest to `model` on the trades at `train`: of all settings of the ladders among the baselines
/// and of those that a search finds.
pub(crate) fn card(
    prepared: &Prepared,
    grids: &[(String, GridObjectives)],
    model: &Model,
    train: &[usize],
) -> Result<Option<PlanCard>, ExperimentError> {
    let assumptions = &prepared.config.replay;
    let policy = ModelPolicy::new(std::sync::Arc::new(model.clone()));
    let outcomes = prepared.replay(train, |_| &policy, assumptions)?;
    let mean = |objectives: &[f64]| train.iter().map(|&place| objectives[place]).sum::<f64>();
    let schedules = grids.iter().flat_map(|(_, grid)| grid.settings().iter().zip(grid.objectives())).filter_map(
        |(setting, objectives)| match setting {
            PolicyConfig::Schedule(schedule) => Some((schedule, mean(objectives))),
            _ => None,
        },
    );
    let seed = schedules.reduce(|best, next| if best.1 < next.1 { next } else { best });
    let task = PlanTask {
        model: &outcomes,
        tranches: model.tranches,
        horizon_bars: model.horizon_bars,
        objective: &prepared.objective,
        seed: seed.map(|(schedule, _)| schedule),
    };
    let settings = grids.iter().flat_map(|(_, grid)| grid.settings().iter().zip(grid.objectives()));
    let ladders = settings
        .filter(|(setting, _)| setting.style() == PolicyStyle::Ladder)
        .map(|(setting, objectives)| (setting, train.iter().map(|&place| objectives[place]).collect()));
    plan_card(&task, ladders, |ladder| {
        let policy = ladder.build();
        let outcomes = prepared.replay(train, |_| &*policy, assumptions)?;
        Ok(outcomes.iter().map(|outcome| outcome.objective).collect())
    })
}
