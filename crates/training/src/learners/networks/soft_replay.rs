//! The replay with soft decisions: a distribution over what may be held takes the place of the one fraction, so that
//! J has a gradient in the hold values.
//!
//! At a decision the part of the distribution that holds k moves to every feasible k' ≤ k in proportion to
//! exp((H(k') − cost(k − k')) / τ). As τ falls to 0 this becomes the argmax, and J that of the replay. Costs, caps,
//! spacing, impact, fees per order and stops are those of the replay itself. Under exponential utility the
//! distribution is carried along times exp(−γ · what was earned so far).

use burn::tensor::{Device, Tensor, TensorData, activation::softmax};
use scaleout_exits::Utility;
use scaleout_model::FractionGrid;

use crate::{
    problem::{
        rewards::{Rewards, step_reward},
        task::LearningTask,
    },
    rows::sample::RowSample,
};

/// A cost that no softmax pays.
const INFEASIBLE: f32 = 1e9;

/// Beyond this an exponential of one step would leave f32; it bounds the loss of a single step, not a result.
const MOST_EXPONENT: f64 = 30.0;

/// Some trades, side by side, as tensors.
#[derive(Debug)]
pub(crate) struct Stage {
    grid: FractionGrid,
    utility: Utility,
    risk_aversion: f64,
    trades: usize,
    total_weight: f32,
    /// The distribution at the fill times the weight of each trade, (B, K + 1).
    start: Tensor<2>,
    /// 1 where nothing is sold, (1, K + 1, K + 1).
    kept: Tensor<3>,
    steps: Vec<Step>,
}

/// One decision of all trades, from k in the rows to k' in the columns.
#[derive(Debug)]
struct Step {
    /// Cost that the decision is shown, (B, K + 1, K + 1).
    shown_cost: Tensor<3>,
    /// What the decision and the step after it pay: in the objective, or under exponential utility exp(−γ · that).
    gain: Tensor<3>,
    /// The same for what may not be sold, (B, K + 1).
    waiting: Tensor<2>,
}

impl Stage {
    /// The trades at `trades` of `sample`, each with its weight.
    pub(crate) fn new(
        problem: &LearningTask,
        sample: &RowSample,
        rewards: Rewards<'_>,
        trades: &[(usize, f32)],
        device: &Device,
    ) -> Self {
        let grid = problem.grid;
        let states = grid.tranches + 1;
        let mut start = vec![0.0; trades.len() * states];
        start.iter_mut().skip(grid.tranches).step_by(states).zip(trades).for_each(|(at, (_, weight))| *at = *weight);
        let kept: Vec<f32> = (0..states * states).map(|at| f32::from(u8::from(at / states == at % states))).collect();
        let most_steps = trades.iter().map(|&(trade, _)| sample.trades[trade].steps).max().unwrap_or(0);
        let steps = (0..most_steps).map(|step| Step::new(problem, sample, rewards, trades, step, device)).collect();
        Self {
            grid,
            utility: problem.objective.utility,
            risk_aversion: problem.objective.risk_aversion,
            trades: trades.len(),
            total_weight: trades.iter().map(|(_, weight)| weight).sum(),
            start: Tensor::from_data(TensorData::new(start, [trades.len(), states]), device),
            kept: Tensor::from_data(TensorData::new(kept, [1, states, states]), device),
            steps,
        }
    }

    /// Mean J of the trades where `hold` gives the hold values (B, K · waits) at each step; under exponential utility
    /// the certainty equivalent, in R.
    pub(crate) fn objective(&self, temperature: f32, mut hold: impl FnMut(usize) -> Tensor<2>) -> Tensor<1> {
        let (grid, states) = (self.grid, self.grid.tranches + 1);
        let nothing = Tensor::<2>::zeros([self.trades, 1], &self.start.device());
        // By the bars in which no sale is allowed.
        let mut held: Vec<Option<Tensor<2>>> = vec![None; grid.waits];
        held[0] = Some(self.start.clone());
        let mut total: Option<Tensor<1>> = None;
        for (number, step) in self.steps.iter().enumerate() {
            let hold = hold(number);
            let state = |wait: usize| {
                let worth = hold.clone().narrow(1, wait * grid.tranches, grid.tranches);
                Tensor::cat(vec![nothing.clone(), worth], 1).reshape([self.trades, 1, states])
            };
            let mut worth = state(grid.wait_when_sold());
            if 1 < grid.waits {
                worth = worth.clone() + (state(0) - worth) * self.kept.clone();
            }
            let choice = softmax((worth - step.shown_cost.clone()) / temperature, 2);
            let mut next: Vec<Option<Tensor<2>>> = vec![None; grid.waits];
            for (wait, held) in held.into_iter().enumerate() {
                let Some(held) = held else { continue };
                if 0 < wait {
                    let earned = held.clone() * step.waiting.clone();
                    let after = self.carried(held, earned.clone());
                    self.add_to(&mut total, earned);
                    put(&mut next[FractionGrid::wait_when_kept(wait)], after);
                    continue;
                }
                let flow = held.reshape([self.trades, states, 1]) * choice.clone();
                let earned = flow.clone() * step.gain.clone();
                let after = self.carried(flow, earned.clone());
                self.add_to(&mut total, earned);
                let arriving = |flow: Tensor<3>| flow.sum_dim(1).reshape([self.trades, states]);
                if grid.waits == 1 {
                    put(&mut next[0], arriving(after));
                } else {
                    let kept = after.clone() * self.kept.clone();
                    put(&mut next[grid.wait_when_sold()], arriving(after - kept.clone()));
                    put(&mut next[0], arriving(kept));
                }
            }
            held = next;
        }
        match self.utility {
            Utility::MeanVariance => total.unwrap_or_else(|| self.start.clone().sum() * 0.0) / self.total_weight,
            Utility::Exponential if self.risk_aversion > 0.0 => {
                let left = held.into_iter().flatten().map(Tensor::sum).reduce(|a, b| a + b);
                let left = left.expect("Invariant: something is held or sold") / self.total_weight;
                left.log() / -(self.risk_aversion as f32)
            }
            Utility::Exponential => total.unwrap_or_else(|| self.start.clone().sum() * 0.0) / self.total_weight,
        }
    }

    /// Whether what was earned is carried along as a factor.
    fn multiplies(&self) -> bool {
        self.utility == Utility::Exponential && self.risk_aversion > 0.0
    }

    fn carried<const D: usize>(&self, flow: Tensor<D>, earned: Tensor<D>) -> Tensor<D> {
        if self.multiplies() { earned } else { flow }
    }

    fn add_to<const D: usize>(&self, total: &mut Option<Tensor<1>>, earned: Tensor<D>) {
        if !self.multiplies() {
            put(total, earned.sum());
        }
    }
}

impl Step {
    fn new(
        problem: &LearningTask,
        sample: &RowSample,
        rewards: Rewards<'_>,
        trades: &[(usize, f32)],
        step: usize,
        device: &Device,
    ) -> Self {
        let (grid, objective) = (problem.grid, &problem.objective);
        let states = grid.tranches + 1;
        let multiplies = objective.utility == Utility::Exponential && objective.risk_aversion > 0.0;
        let carried = |gain: f64| {
            let exponent = (-objective.risk_aversion * gain).clamp(-MOST_EXPONENT, MOST_EXPONENT);
            if multiplies { exponent.exp() as f32 } else { gain as f32 }
        };
        let (mut shown_cost, mut gain, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        for &(number, _) in trades {
            let trade = &sample.trades[number];
            let lives = step < trade.steps;
            let row = trade.first_row + step.min(trade.steps - 1);
            let ends = step + 1 == trade.steps;
            let pays = |held: usize| match held {
                0 => 0.0,
                held => {
                    let end_cost = if ends { trade.end_cost[held - 1] } else { 0.0 };
                    step_reward(rewards, row, grid.share(held), objective) - end_cost
                }
            };
            for from in 0..states {
                waiting.push(carried(if lives { pays(from) } else { 0.0 }));
                for to in 0..states {
                    let lots_allow = || trade.lots.as_ref().is_none_or(|lots| lots.allow(from, to));
                    let is_feasible = to == from || (lives && to < from && from - to <= grid.most_sold && lots_allow());
                    let sold = from.saturating_sub(to);
                    shown_cost.push(match (is_feasible, lives) {
                        (false, _) => INFEASIBLE,
                        (true, false) => 0.0,
                        (true, true) => trade.shown_cost[sold] as f32,
                    });
                    let cost = if sold == 0 { 0.0 } else { sample.sale_cost[row * grid.tranches + sold - 1] };
                    gain.push(carried(if is_feasible && lives { pays(to) - cost } else { 0.0 }));
                }
            }
        }
        let cube =
            |values: Vec<f32>| Tensor::from_data(TensorData::new(values, [trades.len(), states, states]), device);
        Self {
            shown_cost: cube(shown_cost),
            gain: cube(gain),
            waiting: Tensor::from_data(TensorData::new(waiting, [trades.len(), states]), device),
        }
    }
}

fn put<const D: usize>(sum: &mut Option<Tensor<D>>, more: Tensor<D>) {
    *sum = Some(match sum.take() {
        None => more,
        Some(sum) => sum + more,
    });
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use scaleout_exits::Objective;
    use scaleout_model::{SaleConstraints, Shape};

    use super::*;
    use crate::{
        fixtures::order_flow_market::{objective, paths},
        learners::networks::descent::{device, numbers},
        problem::target_table::TargetTable,
        rows::data::TrainingData,
    };

    /// A problem, some trades of it and hold values of no meaning.
    fn case(limits: SaleConstraints, objective: Objective) -> (LearningTask, RowSample, Vec<f64>) {
        let (data, _) = paths(6, 0, 2);
        let mut shortened = data.paths().to_vec();
        // One trade ends early at its stop.
        let unit = &mut shortened[2].unit;
        *unit = scaleout_exits::UnitPath::from_steps(
            0,
            unit.r[..7].to_vec(),
            unit.variance[..7].to_vec(),
            true,
            unit.terms,
        );
        shortened[2].features.truncate(7 * data.layout().width());
        let data = TrainingData::new(data.layout().clone(), data.horizon_bars(), shortened).unwrap();
        let problem = LearningTask { grid: FractionGrid::new(4, &limits), objective, shape: Shape::Free };
        let sample = data.sample(&[0, 1, 2, 3, 4, 5], problem.grid);
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let outputs = problem.grid.outputs();
        let hold = (0..sample.rows() * outputs).map(|place| rng.random_range(-0.2..0.2) + 0.3 * (place % 4) as f64);
        (problem, sample, hold.collect())
    }

    fn stage(problem: &LearningTask, sample: &RowSample) -> Stage {
        let trades: Vec<(usize, f32)> = (0..sample.trades.len()).map(|trade| (trade, 1.0)).collect();
        Stage::new(problem, sample, Rewards::realised(sample), &trades, &device())
    }

    /// The hold values of every trade at `step`; a trade that is over shows its last.
    fn at(step: usize, sample: &RowSample, hold: &[f64], outputs: usize) -> Vec<f32> {
        let rows = sample.trades.iter().map(|trade| trade.first_row + step.min(trade.steps - 1));
        rows.flat_map(|row| hold[row * outputs..][..outputs].iter().map(|value| *value as f32)).collect()
    }

    fn soft(problem: &LearningTask, sample: &RowSample, hold: &[f64], temperature: f32) -> f64 {
        let outputs = problem.grid.outputs();
        let shape = [sample.trades.len(), outputs];
        let mean = stage(problem, sample).objective(temperature, |step| {
            Tensor::from_data(TensorData::new(at(step, sample, hold, outputs), shape), &device())
        });
        f64::from(numbers(mean)[0])
    }

    fn cases() -> Vec<(LearningTask, RowSample, Vec<f64>)> {
        let exponential = Objective { utility: Utility::Exponential, ..objective() };
        let capped = SaleConstraints { max_fraction_per_bar: Some(0.5), min_bars_between_sales: 1 };
        let spaced = SaleConstraints { max_fraction_per_bar: None, min_bars_between_sales: 3 };
        [
            (SaleConstraints::default(), objective()),
            (capped, objective()),
            (spaced, objective()),
            (SaleConstraints::default(), exponential.clone()),
            (spaced, exponential),
        ]
        .into_iter()
        .map(|(limits, objective)| case(limits, objective))
        .collect()
    }

    #[test]
    fn cold_decisions_earn_what_the_replay_earns() {
        for (problem, sample, hold) in cases() {
            let policy = TargetTable::greedy(&sample, problem.grid, &hold);
            let (_, hard) = problem.score(&sample, &policy);
            let soft = soft(&problem, &sample, &hold, 1e-6);
            // Sixty steps in f32.
            assert!((soft - hard).abs() < 1e-4, "{problem:?}: {soft} {hard}");
        }
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        const STEP: f64 = 1e-2;
        for (problem, sample, hold) in cases() {
            let outputs = problem.grid.outputs();
            let shape = [sample.trades.len(), outputs];
            let leaves: Vec<Tensor<2>> = (0..60)
                .map(|step| {
                    let values = TensorData::new(at(step, &sample, &hold, outputs), shape);
                    Tensor::from_data(values, &device()).require_grad()
                })
                .collect();
            let mean = stage(&problem, &sample).objective(0.5, |step| leaves[step].clone());
            let gradients = mean.backward();
            for (step, trade, output) in [(0, 0, 3), (0, 1, 1), (1, 2, 2), (5, 3, 0), (20, 4, 1), (59, 0, 2)] {
                let gradient = numbers(leaves[step].grad(&gradients).unwrap());
                let moved = |by: f64| {
                    let mut hold = hold.clone();
                    hold[(sample.trades[trade].first_row + step) * outputs + output] += by;
                    soft(&problem, &sample, &hold, 0.5)
                };
                let difference = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                let got = f64::from(gradient[trade * outputs + output]);
                // Differences of f32 means of size 10 over a step of 1e-2.
                assert!((got - difference).abs() < 5e-4 + 0.02 * difference.abs(), "{step}: {got} {difference}");
            }
        }
    }
}
