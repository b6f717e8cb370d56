use scaleout_exits::{Objective, policies::PolicyConfig};

use crate::{GridObjectives, TrainingError};

/// The plan card: the ladder that comes closest to a learned policy in J, and what is lost by using it instead.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanCard {
    /// The ladder.
    pub ladder: PolicyConfig,
    /// Its mean J on the training entries, in R.
    pub ladder_objective: f64,
    /// That of the model on the same entries: in sample, so an upper bound of what is lost.
    pub model_objective: f64,
    /// Model less ladder, in R a trade.
    pub lost_r: f64,
}

/// The plan card over the ladders in `grids`, for a model with J of `model_objectives` (one for each entry, as in the
/// grids) and the entries at `train`.
///
/// # Errors
/// Without entries or ladders.
pub fn plan_card(
    grids: &[GridObjectives],
    model_objectives: &[f64],
    train: &[usize],
    objective: &Objective,
) -> Result<PlanCard, TrainingError> {
    let tuned = grids.iter().filter_map(|grid| grid.best_on(train));
    let best = tuned.reduce(|best, next| if best.mean_objective < next.mean_objective { next } else { best });
    let best = best.ok_or(TrainingError::TooFewTrades { trades: train.len(), least: 1 })?;
    let mean = train.iter().map(|&entry| model_objectives[entry]).sum::<f64>() / train.len() as f64;
    let model_objective = objective.certainty_equivalent_r(mean);
    Ok(PlanCard {
        ladder: best.config,
        ladder_objective: best.mean_objective,
        model_objective,
        lost_r: model_objective - best.mean_objective,
    })
}
