use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::Utility;

use super::{Economics, GridProblem, chain::costs, value_of_schedule};
use crate::FixedSchedule;

/// Means over all states at one step, each times the probability that the trade still runs.
#[derive(Debug, Clone, Copy, Default)]
struct Means {
    running: f64,
    price: f64,
    drift: f64,
    variance: f64,
}

/// The best rule that ignores the features: over all schedules where the objective is linear in the market's
/// laws, over even schedules (all at once among them) where utility is exponential.
pub(super) fn base_of(problem: &dyn GridProblem) -> (f64, String) {
    match problem.objective().utility {
        Utility::MeanVariance => (best_schedule(problem, problem.tranches()), "best schedule".to_owned()),
        Utility::Exponential => best_even_schedule(problem, problem.tranches()),
    }
}

/// The value in J of the best schedule fixed at the fill, exact, by recursion over the tranches left.
pub(crate) fn best_schedule(problem: &dyn GridProblem, tranches: usize) -> f64 {
    let (steps, gamma) = (problem.steps(), problem.objective().risk_aversion);
    let limits = problem.limits();
    let waits = limits.min_bars_between_sales.max(1) as usize;
    let most = limits.max_tranches_per_bar.map_or(tranches, |most| most as usize);
    let cost = costs(&problem.terms(), tranches);
    let means = means(problem);
    let share = |count: usize| count as f64 / tranches as f64;
    let proceeds = |step: usize, sold: usize| share(sold) * means[step].price - cost[sold] * means[step].running;
    // values[k][w]: k tranches left, w dates until a sale is allowed.
    let mut values: Vec<Vec<f64>> = (0..=tranches).map(|left| vec![proceeds(steps, left); waits]).collect();
    for step in (0..steps).rev() {
        let held = |kept: usize, wait: usize| {
            let part = share(kept);
            let earned = part * means[step].drift - 0.5 * gamma * part * part * means[step].variance;
            if kept == 0 { 0.0 } else { earned + values[kept][wait] }
        };
        let next = |left: usize, wait: usize| {
            if wait > 0 {
                return held(left, wait - 1);
            }
            let sell = |sold: usize| proceeds(step, sold) + held(left - sold, waits - 1);
            (1..=left.min(most)).map(sell).fold(held(left, 0), f64::max)
        };
        values = (0..=tranches).map(|left| (0..waits).map(|wait| next(left, wait)).collect()).collect();
    }
    values[tranches][0]
}

/// The best schedule that sells everything at once or one tranche every so many bars, and its value in J.
pub(crate) fn best_even_schedule(problem: &dyn GridProblem, tranches: usize) -> (f64, String) {
    let economics = Economics::with_tranches(problem, tranches);
    let steps = problem.steps();
    let at_once = (0..=steps).map(|step| (FixedSchedule::all_at(step, tranches), format!("all after {step} bars")));
    let spacings = std::iter::successors(Some(1), |spacing| Some(spacing * 2));
    let one_by_one = spacings.take_while(|spacing| spacing * tranches <= steps).flat_map(|spacing| {
        [0, steps / 4, steps / 2].map(|first| {
            (FixedSchedule::even(first, spacing, tranches), format!("a tranche every {spacing} bars from {first}"))
        })
    });
    let candidates: Vec<(FixedSchedule, String)> =
        if tranches == 1 { at_once.collect() } else { at_once.chain(one_by_one).collect() };
    let values: Vec<f64> =
        candidates.par_iter().map(|(schedule, _)| value_of_schedule(problem, &economics, &schedule.kept)).collect();
    let mut best = (f64::NEG_INFINITY, String::new());
    for ((_, name), value) in candidates.into_iter().zip(values) {
        if value > best.0 {
            best = (value, name);
        }
    }
    best
}

fn means(problem: &dyn GridProblem) -> Vec<Means> {
    let mut mass = problem.initial();
    let mut found = Vec::with_capacity(problem.steps() + 1);
    for step in 0..=problem.steps() {
        let mean = |values: Option<Vec<f64>>| {
            values.map_or(0.0, |values| values.iter().zip(&mass).map(|(value, weight)| value * weight).sum())
        };
        let mut here = Means { running: mass.iter().sum(), price: mean(problem.price(step)), ..Means::default() };
        if step < problem.steps() {
            here.drift = mean(problem.drift(step));
            here.variance = mean(problem.variance(step));
            let mut next = vec![0.0; mass.len()];
            problem.spread(step, &mass, &mut next);
            mass = next;
        }
        found.push(here);
    }
    found
}
