use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::{Economics, GridProblem, PolicyTable};
use crate::{Moment, Rule};

/// Gains below this are ties, and of ties the larger part is kept.
const TIE: f64 = 1e-10;

/// Who decides what is kept.
pub(crate) enum Chooser<'a> {
    /// The economics themselves: the optimum.
    Best,
    /// A rule, with the positions of its inputs among the state's features.
    Rule { rule: &'a dyn Rule, columns: Vec<usize> },
    /// A policy found before.
    Table(&'a PolicyTable),
}

/// The optimum in J, and the policy that attains it.
pub(crate) fn best(problem: &dyn GridProblem, economics: &Economics<'_>) -> (f64, PolicyTable) {
    let mut table = PolicyTable::new(problem, economics.tranches);
    let value = recurse(problem, economics, &Chooser::Best, |step, _, chosen| {
        if step < problem.steps() {
            table.set(step, chosen);
        }
    });
    (value, table)
}

/// The exact value in J of what the chooser does.
pub(crate) fn evaluate(problem: &dyn GridProblem, economics: &Economics<'_>, chooser: &Chooser<'_>) -> f64 {
    recurse(problem, economics, chooser, |_, _, _| {})
}

/// What a rule is worth step by step on the grid, and what the economics pay there.
pub(crate) struct Layers {
    /// By step, the last among them, by tranches left and dates to wait, by state.
    pub values: Vec<Vec<Vec<f64>>>,
    /// What holding pays, by step, tranches held and state.
    pub hold: Vec<Vec<Vec<f64>>>,
    /// Price of one whole unit by step and state.
    pub price: Vec<Option<Vec<f64>>>,
}

/// The layers of what the chooser does.
pub(crate) fn layers(problem: &dyn GridProblem, economics: &Economics<'_>, chooser: &Chooser<'_>) -> Layers {
    let steps = problem.steps();
    let mut values = vec![Vec::new(); steps + 1];
    recurse(problem, economics, chooser, |step, found, _| values[step] = found.to_vec());
    let hold = |step: usize| {
        let of = |held: usize| {
            let mut paid = vec![0.0; problem.states()];
            (economics.hold)(step, held, &mut paid);
            paid
        };
        (1..=economics.tranches).map(of).collect()
    };
    Layers {
        values,
        hold: (0..steps).map(hold).collect(),
        price: (0..steps).map(|step| (economics.price)(step)).collect(),
    }
}

/// Backward over the dates. Values are indexed by tranches left `k` (1 to K), by dates `w` until a sale is allowed
/// again (0 to δ − 1), and by state. `record` sees those of each step with the tranches kept; at the end nothing is chosen.
fn recurse(
    problem: &dyn GridProblem,
    economics: &Economics<'_>,
    chooser: &Chooser<'_>,
    mut record: impl FnMut(usize, &[Vec<f64>], &[Vec<u8>]),
) -> f64 {
    let (steps, states, tranches) = (problem.steps(), problem.states(), economics.tranches);
    let limits = problem.limits();
    let waits = limits.min_bars_between_sales.max(1) as usize;
    let most = limits.max_tranches_per_bar.map_or(tranches, |most| most as usize);
    let at = |kept: usize, wait: usize| (kept - 1) * waits + wait;
    let share = |sold: usize| sold as f64 / tranches as f64;

    let last_price = (economics.price)(steps);
    let forced = |index: usize| {
        let kept = index / waits + 1;
        let proceeds = |state: usize| last_price.as_ref().map_or(0.0, |price| share(kept) * price[state]);
        (0..states).map(|state| proceeds(state) - economics.cost[kept]).collect::<Vec<f64>>()
    };
    let mut values: Vec<Vec<f64>> = (0..tranches * waits).map(forced).collect();
    record(steps, &values, &[]);
    let mut answers = vec![0_u32; states * tranches];

    for step in (0..steps).rev() {
        let held: Vec<Vec<f64>> = (0..tranches * waits)
            .into_par_iter()
            .map(|index| {
                let mut out = vec![0.0; states];
                continuation(problem, step, &values[index], economics.entropy, &mut out);
                (economics.hold)(step, index / waits + 1, &mut out);
                out
            })
            .collect();
        ask(problem, chooser, step, tranches, &mut answers);
        let price = (economics.price)(step);
        let value_of = |state: usize, left: usize, kept: usize| {
            let sold = left - kept;
            let proceeds = price.as_ref().map_or(0.0, |price| share(sold) * price[state]) - economics.cost[sold];
            let wait = if sold == 0 { 0 } else { waits - 1 };
            if kept == 0 { proceeds } else { proceeds + held[at(kept, wait)][state] }
        };
        let optimal = matches!(chooser, Chooser::Best);
        let mut chosen: Vec<Vec<u8>> = vec![vec![0; states]; tranches];
        values.par_iter_mut().zip(spaced(&mut chosen, waits)).enumerate().for_each(|(index, (values, chosen))| {
            let (left, wait) = (index / waits + 1, index % waits);
            let Some(chosen) = chosen else {
                values.copy_from_slice(&held[at(left, wait - 1)]);
                return;
            };
            let least = left.saturating_sub(most);
            for state in 0..states {
                let mut kept = left;
                let mut value = value_of(state, left, left);
                if optimal {
                    for candidate in (least..left).rev() {
                        let other = value_of(state, left, candidate);
                        if other > value + TIE {
                            (kept, value) = (candidate, other);
                        }
                    }
                } else {
                    let wanted = answers[state * tranches + left - 1] as usize;
                    kept = wanted.clamp(least, left);
                    value = value_of(state, left, kept);
                }
                values[state] = value;
                chosen[state] = kept as u8;
            }
        });
        record(step, &values, &chosen);
    }
    mean_at_fill(problem, &values[at(tranches, 0)], economics.entropy)
}

/// The exact value in J of keeping `kept[step]` tranches (none after its end), whatever the market does.
pub(crate) fn value_of_schedule(problem: &dyn GridProblem, economics: &Economics<'_>, kept: &[u32]) -> f64 {
    let share = |sold: u32| f64::from(sold) / economics.tranches as f64;
    let kept_at = |step: usize| kept.get(step).copied().unwrap_or(0);
    let mut values = vec![0.0; problem.states()];
    // After decision `last` nothing is left.
    let last = kept.iter().rposition(|&kept| kept > 0).map_or(0, |step| step + 1).min(problem.steps());
    for step in (0..=last).rev() {
        let left = if step == 0 { economics.tranches as u32 } else { kept_at(step - 1) };
        let keeps = if step == last { 0 } else { kept_at(step) };
        let mut here = vec![0.0; values.len()];
        if keeps > 0 {
            continuation(problem, step, &values, economics.entropy, &mut here);
            (economics.hold)(step, keeps as usize, &mut here);
        }
        let sold = left - keeps;
        let price = if sold > 0 { (economics.price)(step) } else { None };
        for (state, value) in here.iter_mut().enumerate() {
            *value += price.as_ref().map_or(0.0, |price| share(sold) * price[state]) - economics.cost[sold as usize];
        }
        values = here;
    }
    mean_at_fill(problem, &values, economics.entropy)
}

/// Pairs each `(k, w)` with the answers for `k` where a sale is allowed (w = 0), else with nothing.
fn spaced(chosen: &mut [Vec<u8>], waits: usize) -> Vec<Option<&mut Vec<u8>>> {
    let pairs = chosen.iter_mut().flat_map(|answers| {
        let mut answers = Some(answers);
        (0..waits).map(move |_| answers.take())
    });
    pairs.collect()
}

fn continuation(problem: &dyn GridProblem, step: usize, next: &[f64], entropy: f64, out: &mut [f64]) {
    if entropy == 0.0 {
        problem.expect(step, next, out);
        return;
    }
    // Measured from the middle of the range, so that neither end leaves the range of a double. Where the range is wider
    // than that of doubles, the worst outcomes stay exact and the best, which weigh nothing, are counted lower.
    const MOST_EXPONENT: f64 = 690.0;
    let (low, high) = next.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    let middle = (0.5 * (low + high)).min(low + MOST_EXPONENT / entropy);
    let utilities: Vec<f64> = next.iter().map(|value| (-entropy * (value - middle)).exp()).collect();
    problem.expect(step, &utilities, out);
    out.iter_mut().for_each(|utility| *utility = middle - utility.max(f64::MIN_POSITIVE).ln() / entropy);
}

fn mean_at_fill(problem: &dyn GridProblem, values: &[f64], entropy: f64) -> f64 {
    let initial = problem.initial();
    let pairs = initial.iter().zip(values).filter(|(weight, _)| **weight != 0.0);
    if entropy == 0.0 {
        pairs.map(|(weight, value)| weight * value).sum()
    } else {
        let worst = pairs.clone().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
        worst - pairs.map(|(weight, value)| weight * (-entropy * (value - worst)).exp()).sum::<f64>().ln() / entropy
    }
}

/// Fills `answers`, shape `(states, K)`, with what the chooser wants at this step.
fn ask(problem: &dyn GridProblem, chooser: &Chooser<'_>, step: usize, tranches: usize, answers: &mut [u32]) {
    match chooser {
        Chooser::Best => {}
        Chooser::Table(table) => {
            for (state, answers) in answers.chunks_exact_mut(tranches).enumerate() {
                for (index, answer) in answers.iter_mut().enumerate() {
                    *answer = table.kept(step, index + 1, state);
                }
            }
        }
        Chooser::Rule { rule, columns } => {
            let width = problem.feature_names().len();
            let features = problem.features(step);
            let states = 0..problem.states();
            let pick = |state: usize| columns.iter().map(move |&column| state * width + column);
            let rows: Vec<f64> = states.flat_map(pick).map(|index| features[index]).collect();
            let at = Moment { step, bars_to_horizon: problem.steps() - step, tranches };
            rule.targets(&at, &rows, answers);
        }
    }
}
