//! An upper bound on every rule: what could be earned by one who knows each path in advance but pays for that knowledge.
//!
//! The payment is a martingale, the surprises in the values of some rule, so it costs an honest rule nothing on average and
//! makes foresight worth little. The closer the rule is to the optimum, the closer the bound is to it; with the values of
//! the optimum itself both are equal on every path. Source: Rogers 2002; Andersen & Broadie 2004; for several rights and
//! sales in parts, Brown, Smith & Sun 2010, Operations Research 58(4).

use rand::RngExt;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::{
    Chooser, Economics, GridProblem,
    recursion::{Layers, evaluate, layers},
};
use crate::{
    Score,
    problem::{PathPurpose, SCORING_SEED, path_rng},
};

/// Paths of the bound.
const PATHS: usize = 1_000;

/// Most numbers that the values of the rule may be, and most work of the paths: beyond them there is no bound.
const MOST_VALUES: usize = 50_000_000;
const MOST_WORK: usize = 2_000_000_000;

/// The bound by the values of what `chooser` does; `None` under exponential utility, where surprises of values do not
/// cancel, and where the grid is too large.
pub(crate) fn dual_bound(problem: &dyn GridProblem, economics: &Economics<'_>, chooser: &Chooser<'_>) -> Option<Score> {
    let (steps, states) = (problem.steps(), problem.states());
    let numbers = economics.tranches * problem.limits().min_bars_between_sales.max(1) as usize * states;
    if economics.entropy != 0.0 || MOST_VALUES < steps * numbers || MOST_WORK < PATHS * steps * numbers {
        return None;
    }
    if matches!(chooser, Chooser::Best) {
        // Every path gives the optimum, so none is needed.
        return Some(Score { value: evaluate(problem, economics, chooser), standard_error: 0.0 });
    }
    let layers = layers(problem, economics, chooser);
    let drawn: Vec<f64> = (0..PATHS).into_par_iter().map(|path| of_path(problem, economics, &layers, path)).collect();
    Some(Score::of_sample(&drawn))
}

/// What the best sales of one path earn after the payments.
fn of_path(problem: &dyn GridProblem, economics: &Economics<'_>, layers: &Layers, path: usize) -> f64 {
    let (steps, tranches) = (problem.steps(), economics.tranches);
    let mut rng = path_rng(SCORING_SEED, PathPurpose::Bound, path);
    let states = states_of(problem, || rng.random());
    let limits = problem.limits();
    let waits = limits.min_bars_between_sales.max(1) as usize;
    let most = limits.max_tranches_per_bar.map_or(tranches, |most| most as usize);
    let at = |kept: usize, wait: usize| (kept - 1) * waits + wait;

    // Where a protective stop ended the path, nothing is worth anything any more.
    let alive = states.len() - 1;
    let mut next: Vec<f64> = (0..tranches * waits)
        .map(|index| if alive == steps { layers.values[steps][index][states[steps].state] } else { 0.0 })
        .collect();
    for step in (0..steps.min(alive + 1)).rev() {
        let State { state, law } = &states[step];
        let held: Vec<f64> = (0..tranches * waits)
            .map(|index| {
                let reached = &layers.values[step + 1][index];
                let expected: f64 = law.iter().map(|&(state, weight)| weight * reached[state]).sum();
                let found = states.get(step + 1).map_or(0.0, |next| reached[next.state]);
                layers.hold[step][index / waits][*state] - (found - expected) + next[index]
            })
            .collect();
        let price = layers.price[step].as_ref().map_or(0.0, |price| price[*state]);
        let sell = |sold: usize| sold as f64 / tranches as f64 * price - economics.cost[sold];
        next = (0..tranches * waits)
            .map(|index| {
                let (left, wait) = (index / waits + 1, index % waits);
                if 0 < wait {
                    return held[at(left, wait - 1)];
                }
                let of = |kept: usize| {
                    let wait = if kept == left { 0 } else { waits - 1 };
                    sell(left - kept) + if kept == 0 { 0.0 } else { held[at(kept, wait)] }
                };
                (left.saturating_sub(most)..=left).map(of).fold(f64::NEG_INFINITY, f64::max)
            })
            .collect();
    }
    // The surprise of the first state.
    let whole = at(tranches, 0);
    let first = &layers.values[0][whole];
    let expected: f64 = problem.initial().iter().zip(first).map(|(weight, value)| weight * value).sum();
    next[whole] - (first[states[0].state] - expected)
}

/// A state on a path, and the law of the one after it; weights that are missing from 1 end the path.
struct State {
    state: usize,
    law: Vec<(usize, f64)>,
}

/// A path of states to the last step or to where a protective stop ends it.
fn states_of(problem: &dyn GridProblem, mut uniform: impl FnMut() -> f64) -> Vec<State> {
    let initial: Vec<(usize, f64)> = problem.initial().into_iter().enumerate().collect();
    let mut path = Vec::with_capacity(problem.steps() + 1);
    let mut state = pick(&initial, uniform()).unwrap_or(0);
    let (mut mass, mut out) = (vec![0.0; problem.states()], vec![0.0; problem.states()]);
    for step in 0..problem.steps() {
        out.fill(0.0);
        mass[state] = 1.0;
        problem.spread(step, &mass, &mut out);
        mass[state] = 0.0;
        let law: Vec<(usize, f64)> = out.iter().copied().enumerate().filter(|(_, weight)| *weight != 0.0).collect();
        let next = pick(&law, uniform());
        path.push(State { state, law });
        match next {
            Some(next) => state = next,
            None => return path,
        }
    }
    path.push(State { state, law: Vec::new() });
    path
}

/// The state that `uniform` falls on; `None` beyond all of them.
fn pick(law: &[(usize, f64)], uniform: f64) -> Option<usize> {
    let mut sum = 0.0;
    let found = law.iter().find(|(_, weight)| {
        sum += weight;
        uniform < sum
    });
    // Weights that sum to 1 but for rounding have a last state.
    found.or_else(|| law.last().filter(|_| 1.0 - 1e-9 < sum)).map(|(state, _)| *state)
}
