//! What is to be learned, apart from the rows.

use scaleout_exits::{Objective, Utility};
use scaleout_model::{FractionGrid, Regressor, Shape, to_hold_values};

use crate::{
    problem::{
        score::{mean_objective, objectives},
        target_table::TargetTable,
    },
    rows::sample::RowSample,
};

/// The grid of fractions, the objective and the shape of H that hold values are learned for.
#[derive(Debug, Clone)]
pub(crate) struct LearningTask {
    pub grid: FractionGrid,
    pub objective: Objective,
    pub shape: Shape,
}

impl LearningTask {
    /// H of every row and state by `regressor`, (N × outputs).
    pub(crate) fn hold_values(&self, regressor: &Regressor, sample: &RowSample) -> Vec<f64> {
        let mut hold = regressor.predict(&sample.features, sample.width);
        to_hold_values(&mut hold, self.grid.tranches, self.shape);
        hold
    }

    /// Whether hold values are certainty equivalents and not means.
    pub(crate) fn is_exponential(&self) -> bool {
        self.objective.utility == Utility::Exponential && 0.0 < self.objective.risk_aversion
    }

    /// The policy that `regressor` implies.
    pub(crate) fn policy(&self, regressor: &Regressor, sample: &RowSample) -> TargetTable {
        TargetTable::greedy(sample, self.grid, &self.hold_values(regressor, sample))
    }

    /// J of some trades as it is averaged: in utility where utility is exponential.
    pub(crate) fn utilities(&self, mut objectives: Vec<f64>) -> Vec<f64> {
        if self.objective.utility == Utility::Exponential {
            objectives.iter_mut().for_each(|value| *value = self.objective.utility_of(*value));
        }
        objectives
    }

    /// J of every trade of `sample` under `policy`, and their mean.
    pub(crate) fn score(&self, sample: &RowSample, policy: &TargetTable) -> (Vec<f64>, f64) {
        let each = objectives(sample, self.grid, &self.objective, policy);
        let mean = mean_objective(&self.objective, &each);
        (each, mean)
    }
}
