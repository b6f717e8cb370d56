//! J of trades under a policy.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Objective, Utility};
use scaleout_model::FractionGrid;

use crate::{
    problem::{
        rewards::{Rewards, step_reward},
        target_table::TargetTable,
    },
    rows::sample::RowSample,
};

/// J of every trade under `policy`, from the decision at the fill on.
pub(crate) fn objectives(
    sample: &RowSample,
    grid: FractionGrid,
    objective: &Objective,
    policy: &TargetTable,
) -> Vec<f64> {
    let rewards = Rewards::realised(sample);
    sample
        .trades
        .par_iter()
        .map(|trade| {
            let (mut held, mut wait, mut total) = (grid.tranches, 0_usize, 0.0);
            for row in trade.first_row..trade.first_row + trade.steps {
                if wait > 0 {
                    wait -= 1;
                } else {
                    let target = policy.target(row, held, grid);
                    if target < held {
                        total -= sample.sale_cost[row * grid.tranches + held - target - 1];
                        held = target;
                        wait = grid.wait_when_sold();
                    }
                }
                if held == 0 {
                    break;
                }
                total += step_reward(rewards, row, grid.share(held), objective);
            }
            if held > 0 {
                total -= trade.end_cost[held - 1];
            }
            total
        })
        .collect()
}

/// The mean of `objectives` over trades, each counting alike as in the verdict: of J itself, or the certainty
/// equivalent of net R.
pub(crate) fn mean_objective(objective: &Objective, objectives: &[f64]) -> f64 {
    let utility = |value: f64| match objective.utility {
        Utility::Exponential => objective.utility_of(value),
        Utility::MeanVariance => value,
    };
    let mean = objectives.iter().map(|&value| utility(value)).sum::<f64>() / objectives.len().max(1) as f64;
    objective.certainty_equivalent_r(mean)
}
