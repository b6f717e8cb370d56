//! A rule of one state variable read as a ladder.

use super::{GridProblem, ScalarProblem};
use crate::{ExactRung, Moment, Rule};

/// The ladder of `rule`, exact by the law of the state.
pub(super) fn ladder_of(problem: &ScalarProblem, rule: &dyn Rule) -> Vec<ExactRung> {
    let rows = levels(problem);
    let sales = sales(problem, rule, &rows);
    at_fill(problem, rule, &rows)
        .into_iter()
        .zip(sales)
        .map(|(at_fill, (level, share))| ExactRung {
            at_fill,
            sold_at: (0.0 < share).then(|| level / share),
            sold_share: share,
        })
        .collect()
}

/// The column's value in every state.
fn levels(problem: &ScalarProblem) -> Vec<f64> {
    problem.axis.values().map(problem.column_of).collect()
}

/// What `rule` keeps at a step, shape `(states, K)`.
fn answers(problem: &ScalarProblem, rule: &dyn Rule, step: usize, rows: &[f64]) -> Vec<u32> {
    let at = Moment { step, bars_to_horizon: problem.steps - step, tranches: problem.tranches };
    let mut answers = vec![0; rows.len() * problem.tranches];
    rule.targets(&at, rows, &mut answers);
    answers
}

fn at_fill(problem: &ScalarProblem, rule: &dyn Rule, rows: &[f64]) -> Vec<Option<f64>> {
    let tranches = problem.tranches;
    let answers = answers(problem, rule, 0, rows);
    let kept: Vec<u32> = answers.iter().skip(tranches - 1).step_by(tranches).copied().collect();
    let start = problem.axis.nearest(problem.market.start);
    let edge = |least: u32| {
        let sells = |state: &usize| kept[*state] <= least;
        if sells(&start) {
            (0..start).rev().find(|state| !sells(state)).map(|state| state + 1)
        } else {
            (start..kept.len()).find(sells)
        }
    };
    // The rule changes between two nodes: the rung is half-way.
    let level = |state: usize| (problem.column_of)(problem.axis.at(state) - 0.5 * problem.axis.spacing);
    (0..tranches as u32).rev().map(|least| edge(least).map(level)).collect()
}

/// For each tranche the level at its sale, summed over the law of trades, and the share of trades that sell it.
fn sales(problem: &ScalarProblem, rule: &dyn Rule, rows: &[f64]) -> Vec<(f64, f64)> {
    let (states, tranches) = (rows.len(), problem.tranches);
    let most = problem.limits.max_tranches_per_bar.map_or(tranches, |most| most as usize);
    // By tranches left, less one.
    let mut mass = vec![vec![0.0; states]; tranches];
    mass[tranches - 1] = problem.initial();
    let mut sales = vec![(0.0, 0.0); tranches];
    for step in 0..problem.steps {
        let answers = answers(problem, rule, step, rows);
        let mut kept_mass = vec![vec![0.0; states]; tranches];
        for (below, mass) in mass.iter().enumerate() {
            let left = below + 1;
            for (state, &here) in mass.iter().enumerate().filter(|(_, here)| 0.0 < **here) {
                let kept = (answers[state * tranches + below] as usize).clamp(left.saturating_sub(most), left);
                for (level, share) in &mut sales[tranches - left..tranches - kept] {
                    *level += here * rows[state];
                    *share += here;
                }
                if 0 < kept {
                    kept_mass[kept - 1][state] += here;
                }
            }
        }
        for (mass, kept) in mass.iter_mut().zip(&kept_mass) {
            mass.fill(0.0);
            problem.spread(step, kept, mass);
        }
    }
    sales
}
