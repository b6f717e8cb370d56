//! What following a policy from any state would have earned: the targets that hold values are fitted to.
//!
//! Every recorded path tells what every exit rule would have earned on it (our orders do not move recorded
//! prices), so nothing is simulated and the values do not inherit the error of an earlier fit: the stopping-time
//! form of Longstaff & Schwartz (2001), with fractions for states as in Meinshausen & Hambly (2004).

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Objective, Utility};
use scaleout_model::FractionGrid;

use crate::{
    data::{Sample, Trade},
    grid_choice::target_index,
};

/// For each row and state k = 1..=K the state 0..=K to go to where a sale is allowed; shape (N, K).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PolicyTable {
    targets: Vec<u8>,
}

impl PolicyTable {
    /// Holds everything until the stop or the horizon.
    pub(crate) fn hold(sample: &Sample, grid: FractionGrid) -> Self {
        let row: Vec<u8> = (1..=grid.tranches as u8).collect();
        Self { targets: row.repeat(sample.rows()) }
    }

    /// Acts by the argmax of `hold` (N × outputs) less costs.
    pub(crate) fn greedy(sample: &Sample, grid: FractionGrid, hold: &[f64]) -> Self {
        let outputs = grid.outputs();
        let mut targets = vec![0_u8; sample.rows() * grid.tranches];
        let parts = sample.by_trade(&mut targets, grid.tranches);
        parts.into_par_iter().zip(&sample.trades).for_each(|(part, trade)| {
            for step in 0..trade.steps {
                let row = &hold[(trade.first_row + step) * outputs..][..outputs];
                let kept = &row[..grid.tranches];
                let sold = &row[grid.wait_when_sold() * grid.tranches..][..grid.tranches];
                for held in 1..=grid.tranches {
                    part[step * grid.tranches + held - 1] = target_index(kept, sold, held, grid.most_sold, trade) as u8;
                }
            }
        });
        Self { targets }
    }

    /// The share of decisions in which two tables differ.
    pub(crate) fn difference(&self, other: &Self) -> f64 {
        let differing = self.targets.iter().zip(&other.targets).filter(|(a, b)| a != b).count();
        differing as f64 / self.targets.len().max(1) as f64
    }

    pub(crate) fn target(&self, row: usize, held: usize, grid: FractionGrid) -> usize {
        usize::from(self.targets[row * grid.tranches + held - 1])
    }
}

/// What each step pays: the realised numbers, or the same with the unpredictable part taken out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rewards<'a> {
    /// Gain of one whole unit, in R (N).
    pub gain: &'a [f64],
    /// Variance charged, in R² (N).
    pub variance: &'a [f64],
}

impl<'a> Rewards<'a> {
    /// What was realised.
    pub(crate) fn realised(sample: &'a Sample) -> Self {
        Self { gain: &sample.gain, variance: &sample.variance }
    }
}

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
    fn end(&self, trade: &Trade, held: usize) -> f64;

    /// Turns `followed`, what was added up from `row` on for each state, into what the step before it counts.
    fn carry(&self, row: usize, followed: &mut [f64]);
}

/// The tally of holding each state through the next step and following `policy` after it; (N × outputs).
fn tallied(sample: &Sample, grid: FractionGrid, policy: &PolicyTable, tally: &impl Tally) -> Vec<f64> {
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
    policy: &PolicyTable,
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
    sample: &Sample,
    grid: FractionGrid,
    objective: &Objective,
    rewards: Rewards<'_>,
    policy: &PolicyTable,
    bootstrap: Option<Bootstrap<'_>>,
) -> Vec<f64> {
    tallied(sample, grid, policy, &Worth { sample, grid, objective, rewards, bootstrap })
}

struct Worth<'a> {
    sample: &'a Sample,
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

    fn end(&self, trade: &Trade, held: usize) -> f64 {
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
    sample: &Sample,
    grid: FractionGrid,
    unforeseen: &[f64],
    policy: &PolicyTable,
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

    fn end(&self, _trade: &Trade, _held: usize) -> f64 {
        0.0
    }

    fn carry(&self, _row: usize, followed: &mut [f64]) {
        followed.iter_mut().for_each(|value| *value *= self.realised_share);
    }
}

/// J of every trade under `policy`, from the decision at the fill on.
pub(crate) fn objectives(sample: &Sample, grid: FractionGrid, objective: &Objective, policy: &PolicyTable) -> Vec<f64> {
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

/// What holding `share` through the step after `row` pays in the objective.
pub(crate) fn step_reward(rewards: Rewards<'_>, row: usize, share: f64, objective: &Objective) -> f64 {
    match objective.utility {
        Utility::MeanVariance => {
            share * rewards.gain[row] - 0.5 * objective.risk_aversion * share * share * rewards.variance[row]
        }
        Utility::Exponential => share * rewards.gain[row],
    }
}
