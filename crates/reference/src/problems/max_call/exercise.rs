//! The optimal rule between the nodes of the grid: a right is used where it pays more than it is worth.
//!
//! The decision of the nearest node would lose what lies between two of them, as with three assets they are a third of a
//! step's deviation apart; what a right is worth is smooth, so that it is interpolated, and the payoff is exact.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::MaxCall;
use crate::{Moment, Rule, grid::GridProblem};

/// What a further right is worth that is kept through a step, by step, rights left and node.
pub(super) struct ExerciseRule<'a> {
    problem: &'a MaxCall,
    worth: Vec<f32>,
}

impl<'a> ExerciseRule<'a> {
    /// The optimum in the tabled unit and the rule.
    pub fn new(problem: &'a MaxCall) -> (f64, Self) {
        let (states, rights, steps) = (problem.states(), problem.tranches(), problem.steps());
        let payoffs = |step: usize| -> Vec<f64> {
            let offset = problem.offset();
            let prices = problem.price(step).expect("Invariant: the state tells the price");
            prices.iter().map(|price| price + offset).collect()
        };
        // By rights left, from 0 on: what is left at the end is all exercised, at a price of 0 where dates are over.
        let last = payoffs(steps);
        let mut values: Vec<Vec<f64>> =
            (0..=rights).map(|left| last.iter().map(|payoff| left as f64 * payoff).collect()).collect();
        let mut worth = vec![0.0; steps * rights * states];
        for step in (0..steps).rev() {
            let held: Vec<Vec<f64>> = values
                .par_iter()
                .map(|next| {
                    let mut here = vec![0.0; states];
                    problem.expect(step, next, &mut here);
                    here
                })
                .collect();
            let payoff = payoffs(step);
            let worth = worth[step * rights * states..].chunks_exact_mut(states);
            for ((worth, values), held) in worth.zip(&mut values[1..]).zip(held.windows(2)) {
                for state in 0..states {
                    let (used, kept) = (held[0][state], held[1][state]);
                    worth[state] = (kept - used) as f32;
                    values[state] = kept.max(used + payoff[state]);
                }
            }
        }
        let start: f64 = problem.initial().iter().zip(&values[rights]).map(|(weight, value)| weight * value).sum();
        (start, Self { problem, worth })
    }

    /// The nodes around the log prices `logs` with their weights, linear along each asset.
    fn corners(&self, logs: &[f64]) -> Vec<(usize, f64)> {
        let axis = &self.problem.axis;
        let mut corners = vec![(0, 1.0)];
        for log in logs {
            let place = ((log - axis.low) / axis.spacing).clamp(0.0, (axis.len - 1) as f64);
            let below = (place.floor() as usize).min(axis.len - 2);
            let share = place - below as f64;
            corners = corners
                .into_iter()
                .flat_map(|(node, weight)| {
                    let node = node * axis.len + below;
                    [(node, weight * (1.0 - share)), (node + 1, weight * share)]
                })
                .collect();
        }
        corners
    }
}

impl Rule for ExerciseRule<'_> {
    fn inputs(&self) -> Vec<String> {
        self.problem.feature_names()
    }

    fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
        // Below this a payoff ties with what the right is worth, and it is kept.
        const TIE: f64 = 1e-4;
        let states = self.problem.states();
        let rows = rows.chunks_exact(self.problem.assets);
        for (row, answers) in rows.zip(out.chunks_exact_mut(at.tranches)) {
            let logs: Vec<f64> = row.iter().map(|price| price.ln()).collect();
            let corners = self.corners(&logs);
            let payoff = self.problem.payoff(at.step, logs.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            for (below, answer) in answers.iter_mut().enumerate() {
                let worths = &self.worth[(at.step * at.tranches + below) * states..][..states];
                let worth: f64 = corners.iter().map(|&(node, weight)| weight * f64::from(worths[node])).sum();
                *answer = below as u32 + u32::from(payoff <= worth + TIE);
            }
        }
    }
}
