//! What following a policy from any state would have earned: the targets that hold values are fitted to.
//!
//! Every recorded path tells what every exit rule would have earned on it (our orders do not move recorded
//! prices), so nothing is simulated and the values do not inherit the error of an earlier fit: the stopping-time
//! form of Longstaff & Schwartz (2001), with fractions for states as in Meinshausen & Hambly (2004).

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use scaleout_exits::{Objective, Utility};
use scaleout_model::FractionGrid;

use crate::{
    problem::{
        rewards::{Rewards, step_reward},
        target_table::TargetTable,
    },
    rows::sample::{RowSample, TradeRows},
};

/// What is taken from an earlier fit instead of from what followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bootstrap<'a> {
    /// Hold values of the earlier fit, (N × outputs).
    pub hold: &'a [f64],
    /// Share λ of what followed: 1 takes nothing from the fit, 0 everything after the first step.
    pub realised_share: f64,
}

/// What is added up along a path, from the end backwards.
trait Tally: Sync {
    /// What holding state `held` through the step after `row` adds.
    fn step(&self, row: usize, held: usize) -> f64;

    /// What selling `sold` tranches at `row` adds.
    fn sale(&self, row: usize, sold: usize) -> f64;

    /// What being left with state `held` at the end of `trade` adds.
    fn end(&self, trade: &TradeRows, held: usize) -> f64;

    /// Turns `followed`, what was added up from `row` on for each state, into what the step before it counts.
    fn carry(&self, row: usize, followed: &mut [f64]);
}

/// The tally of holding each state through the next step and following `policy` after it; (N × outputs).
fn tallied(sample: &RowSample, grid: FractionGrid, policy: &TargetTable, tally: &impl Tally) -> Vec<f64> {
    let outputs = grid.outputs();
    let mut values = vec![0.0; sample.rows() * outputs];
    let parts = sample.by_trade(&mut values, outputs);
    parts.into_par_iter().zip(&sample.trades).for_each(|(part, trade)| {
        let mut followed = vec![0.0; outputs];
        for step in (0..trade.steps).rev() {
            let (now, later) = part[step * outputs..].split_at_mut(outputs);
            let row = trade.first_row + step;
            let is_over = step + 1 == trade.steps;
            if !is_over {
                followed.copy_from_slice(&later[..outputs]);
                tally.carry(row + 1, &mut followed);
            }
            for wait in 0..grid.waits {
                for held in 1..=grid.tranches {
                    let after = if is_over {
                        tally.end(trade, held)
                    } else {
                        arrive(tally, &followed, grid, policy, row + 1, held, wait)
                    };
                    now[wait * grid.tranches + held - 1] = tally.step(row, held) + after;
                }
            }
        }
    });
    values
}

/// Tally of arriving at the decision of `row` with `held` of which nothing may be sold for `wait` decisions.
fn arrive(
    tally: &impl Tally,
    followed: &[f64],
    grid: FractionGrid,
    policy: &TargetTable,
    row: usize,
    held: usize,
    wait: usize,
) -> f64 {
    let target = if wait > 0 { held } else { policy.target(row, held, grid) };
    let wait = if target == held { FractionGrid::wait_when_kept(wait) } else { grid.wait_when_sold() };
    let value = if target == 0 { 0.0 } else { followed[wait * grid.tranches + target - 1] };
    if target == held { value } else { value + tally.sale(row, held - target) }
}

/// Realised value of holding each state through the next step and following `policy` after it; (N × outputs).
///
/// Under mean–variance it is the objective still to come; under exponential utility the net gain still to come,
/// both in R and without the cost of the decision itself. With a `bootstrap` each later state is worth λ of what
/// followed and 1 − λ of what the earlier fit says (Sutton 1988, TD(λ)), in utility where utility is exponential.
pub(crate) fn realised_values(
    sample: &RowSample,
    grid: FractionGrid,
    objective: &Objective,
    rewards: Rewards<'_>,
    policy: &TargetTable,
    bootstrap: Option<Bootstrap<'_>>,
) -> Vec<f64> {
    tallied(sample, grid, policy, &Worth { sample, grid, objective, rewards, bootstrap })
}

struct Worth<'a> {
    sample: &'a RowSample,
    grid: FractionGrid,
    objective: &'a Objective,
    rewards: Rewards<'a>,
    bootstrap: Option<Bootstrap<'a>>,
}

impl Tally for Worth<'_> {
    fn step(&self, row: usize, held: usize) -> f64 {
        step_reward(self.rewards, row, self.grid.share(held), self.objective)
    }

    fn sale(&self, row: usize, sold: usize) -> f64 {
        -self.sample.sale_cost[row * self.grid.tranches + sold - 1]
    }

    fn end(&self, trade: &TradeRows, held: usize) -> f64 {
        -trade.end_cost[held - 1]
    }

    /// What followed, mixed with what an earlier fit says.
    fn carry(&self, row: usize, followed: &mut [f64]) {
        let Some(Bootstrap { hold, realised_share }) = self.bootstrap else { return };
        let gamma = self.objective.risk_aversion;
        let fitted = &hold[row * followed.len()..];
        for (value, &fitted) in followed.iter_mut().zip(fitted) {
            let above = *value - fitted;
            *value = fitted
                + match self.objective.utility {
                    Utility::Exponential if gamma > 0.0 => {
                        -(realised_share * (-gamma * above).exp_m1()).ln_1p() / gamma
                    }
                    Utility::Exponential | Utility::MeanVariance => realised_share * above,
                };
        }
    }
}

/// What of `unforeseen` gains (N), in R, holding each state and following `policy` earns; (N × outputs). Of each later
/// step `realised_share` counts, as in the targets.
pub(crate) fn unforeseen_values(
    sample: &RowSample,
    grid: FractionGrid,
    unforeseen: &[f64],
    policy: &TargetTable,
    realised_share: f64,
) -> Vec<f64> {
    tallied(sample, grid, policy, &Surprise { grid, unforeseen, realised_share })
}

struct Surprise<'a> {
    grid: FractionGrid,
    unforeseen: &'a [f64],
    realised_share: f64,
}

impl Tally for Surprise<'_> {
    fn step(&self, row: usize, held: usize) -> f64 {
        self.grid.share(held) * self.unforeseen[row]
    }

    fn sale(&self, _row: usize, _sold: usize) -> f64 {
        0.0
    }

    fn end(&self, _trade: &TradeRows, _held: usize) -> f64 {
        0.0
    }

    fn carry(&self, _row: usize, followed: &mut [f64]) {
        followed.iter_mut().for_each(|value| *value *= self.realised_share);
    }
}
