use super::GridProblem;
use crate::{Moment, Rule};

/// Tranches kept for every step, number of tranches left and state.
#[derive(Debug, Clone)]
pub(crate) struct PolicyTable {
    tranches: usize,
    states: usize,
    kept: Vec<u8>,
}

impl PolicyTable {
    pub(crate) fn new(problem: &dyn GridProblem, tranches: usize) -> Self {
        let states = problem.states();
        Self { tranches, states, kept: vec![0; problem.steps() * tranches * states] }
    }

    pub(crate) fn set(&mut self, step: usize, chosen: &[Vec<u8>]) {
        let size = self.tranches * self.states;
        let block = &mut self.kept[step * size..(step + 1) * size];
        for (to, from) in block.chunks_exact_mut(self.states).zip(chosen) {
            to.copy_from_slice(from);
        }
    }

    pub(crate) fn kept(&self, step: usize, left: usize, state: usize) -> u32 {
        u32::from(self.kept[(step * self.tranches + left - 1) * self.states + state])
    }

    /// Whether any state sells a part and keeps a part: never so where tranches must leave together.
    #[cfg(test)]
    pub(crate) fn has_partial_exit(&self) -> bool {
        self.kept.chunks_exact(self.states).enumerate().any(|(index, kept)| {
            let left = (index % self.tranches + 1) as u8;
            kept.iter().any(|&kept| 0 < kept && kept < left)
        })
    }
}

/// The optimum of a gridded problem as a rule that reads the state's features.
pub(crate) struct TableRule<'a> {
    pub problem: &'a dyn GridProblem,
    pub table: PolicyTable,
}

impl Rule for TableRule<'_> {
    fn inputs(&self) -> Vec<String> {
        self.problem.feature_names()
    }

    fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
        let width = self.problem.feature_names().len();
        for (index, answers) in out.chunks_exact_mut(at.tranches).enumerate() {
            let state = self.problem.nearest(at.step, &rows[index * width..(index + 1) * width]);
            for (index, answer) in answers.iter_mut().enumerate() {
                *answer = self.table.kept(at.step, index + 1, state);
            }
        }
    }
}
