use crate::{Objective, Utility};

/// J of one trade as it adds up: the one place where the objective is computed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ObjectiveAccount<'a> {
    objective: &'a Objective,
    total_r: f64,
}

impl<'a> ObjectiveAccount<'a> {
    pub(crate) fn new(objective: &'a Objective) -> Self {
        Self { objective, total_r: 0.0 }
    }

    /// A sale paid `cost_r`.
    pub(crate) fn pay(&mut self, cost_r: f64) {
        self.total_r -= cost_r;
    }

    /// The position earned `gain_r` over a step; `variance` is what the step's penalty is by the named column.
    pub(crate) fn step(&mut self, gain_r: f64, held: f64, variance: Option<f64>) {
        match self.objective.utility {
            Utility::MeanVariance => {
                let penalty = variance.map_or(gain_r * gain_r, |variance| held * held * variance);
                self.total_r += gain_r - 0.5 * self.objective.risk_aversion * penalty;
            }
            Utility::Exponential => self.total_r += gain_r,
        }
    }

    /// J of the trade.
    pub(crate) fn value(&self) -> f64 {
        match self.objective.utility {
            Utility::MeanVariance => self.total_r,
            Utility::Exponential => self.objective.utility_of(self.total_r),
        }
    }
}
