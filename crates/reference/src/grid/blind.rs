use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::Utility;

use super::{Economics, GridProblem, economics::costs, value_of_schedule};
use crate::FixedSchedule;

/// What a schedule fixed at the fill earns, where the objective is linear in the market's laws: means over all
/// states step by step, from which the value of any schedule is a sum.
pub(crate) struct ScheduleMeans<'a> {
    problem: &'a dyn GridProblem,
    means: Vec<Means>,
}

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
        Utility::MeanVariance => {
            let best = ScheduleMeans::of(problem).best(problem.tranches());
            (best, "best schedule".to_owned())
        }
        Utility::Exponential => best_even_under_utility(problem),
    }
}

impl<'a> ScheduleMeans<'a> {
    pub(crate) fn of(problem: &'a dyn GridProblem) -> Self {
        let mut mass = problem.initial();
        let mut means = Vec::with_capacity(problem.steps() + 1);
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
            means.push(here);
        }
        Self { problem, means }
    }

    /// The value in J of the best schedule, exact, by recursion over the tranches left.
    pub(crate) fn best(&self, tranches: usize) -> f64 {
        let limits = self.problem.limits();
        let waits = limits.min_bars_between_sales.max(1) as usize;
        let most = limits.max_tranches_per_bar.map_or(tranches, |most| most as usize);
        let cost = costs(&self.problem.terms(), tranches);
        let share = |count: usize| count as f64 / tranches as f64;
        let steps = self.problem.steps();
        let proceeds = |step: usize, sold: usize| self.sale(step, share(sold), cost[sold]);
        // values[k][w]: k tranches left, w dates until a sale is allowed.
        let mut values: Vec<Vec<f64>> = (0..=tranches).map(|left| vec![proceeds(steps, left); waits]).collect();
        for step in (0..steps).rev() {
            let held = |kept: usize, wait: usize| {
                if kept == 0 { 0.0 } else { self.holding(step, share(kept)) + values[kept][wait] }
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

    /// The value in J of the best schedule that sells one tranche every so many bars.
    pub(crate) fn best_even(&self, tranches: usize) -> f64 {
        let spacings = 1..=self.problem.steps();
        let value = |spacing| self.value(&FixedSchedule::even(spacing, spacing, tranches), tranches);
        spacings.map(value).fold(f64::NEG_INFINITY, f64::max)
    }

    fn value(&self, schedule: &FixedSchedule, tranches: usize) -> f64 {
        let cost = costs(&self.problem.terms(), tranches);
        let share = |count: u32| f64::from(count) / tranches as f64;
        let mut left = tranches as u32;
        let mut total = 0.0;
        for step in 0..self.problem.steps() {
            let kept = schedule.kept.get(step).copied().unwrap_or(0);
            total += self.sale(step, share(left - kept), cost[(left - kept) as usize]);
            total += self.holding(step, share(kept));
            left = kept;
        }
        total + self.sale(self.problem.steps(), share(left), cost[left as usize])
    }

    fn sale(&self, step: usize, part: f64, cost: f64) -> f64 {
        part * self.means[step].price - cost * self.means[step].running
    }

    fn holding(&self, step: usize, part: f64) -> f64 {
        let gamma = self.problem.objective().risk_aversion;
        part * self.means[step].drift - 0.5 * gamma * part * part * self.means[step].variance
    }
}

/// The best schedule that sells everything at once or one tranche every so many bars, and its value in J.
fn best_even_under_utility(problem: &dyn GridProblem) -> (f64, String) {
    let (steps, tranches) = (problem.steps(), problem.tranches());
    let economics = Economics::of(problem);
    let mut candidates: Vec<(String, f64)> = values_at_once(problem, &economics)
        .into_iter()
        .enumerate()
        .map(|(step, value)| (format!("all after {step} bars"), value))
        .collect();
    if 1 < tranches {
        let spacings = std::iter::successors(Some(1), |spacing| Some(spacing * 2));
        let one_by_one: Vec<(usize, usize)> = spacings
            .take_while(|spacing| spacing * tranches <= steps)
            .flat_map(|spacing| [0, steps / 4, steps / 2].map(|first| (first, spacing)))
            .collect();
        let valued = one_by_one.par_iter().map(|&(first, spacing)| {
            let schedule = FixedSchedule::even(first, spacing, tranches);
            let value = value_of_schedule(problem, &economics, &schedule.kept);
            (format!("a tranche every {spacing} bars from {first}"), value)
        });
        candidates.extend(valued.collect::<Vec<_>>());
    }
    let mut best = (f64::NEG_INFINITY, String::new());
    for (name, value) in candidates {
        if value > best.0 {
            best = (value, name);
        }
    }
    best
}

/// The value in J of selling everything at each date, whatever the market does: exact, by the law of the state at that
/// date, so that all dates cost one pass. Holding pays nothing but the price under exponential utility without a stop.
fn values_at_once(problem: &dyn GridProblem, economics: &Economics<'_>) -> Vec<f64> {
    let (steps, tranches) = (problem.steps(), problem.tranches());
    if problem.drift(0).is_some() {
        let schedule = |step| FixedSchedule::all_at(step, tranches);
        let steps: Vec<usize> = (0..=steps).collect();
        return steps.par_iter().map(|&step| value_of_schedule(problem, economics, &schedule(step).kept)).collect();
    }
    let gamma = economics.entropy;
    let mut mass = problem.initial();
    let mut values = Vec::with_capacity(steps + 1);
    for step in 0..=steps {
        let price = (economics.price)(step).unwrap_or_else(|| vec![0.0; mass.len()]);
        let pairs = || mass.iter().zip(&price).filter(|(weight, _)| **weight != 0.0);
        let value = if gamma == 0.0 {
            pairs().map(|(weight, price)| weight * price).sum::<f64>()
        } else {
            let worst = pairs().map(|(_, price)| *price).fold(f64::INFINITY, f64::min);
            let utility: f64 = pairs().map(|(weight, price)| weight * (-gamma * (price - worst)).exp()).sum();
            worst - utility.ln() / gamma
        };
        values.push(value - economics.cost[tranches]);
        if step < steps {
            let mut next = vec![0.0; mass.len()];
            problem.spread(step, &mass, &mut next);
            mass = next;
        }
    }
    values
}
