//! What each step of a trade pays.

use scaleout_exits::{Objective, Utility};

use crate::rows::sample::RowSample;

/// What each step pays: the realised numbers, or the same with the unpredictable part taken out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rewards<'a> {
    /// Gain of one whole unit, in R (N).
    pub gain: &'a [f64],
    /// Variance charged, in R² (N).
    pub variance: &'a [f64],
}

impl<'a> Rewards<'a> {
    /// What was realised.
    pub(crate) fn realised(sample: &'a RowSample) -> Self {
        Self { gain: &sample.gain, variance: &sample.variance }
    }
}

/// What holding `share` through the step after `row` pays in the objective.
pub(crate) fn step_reward(rewards: Rewards<'_>, row: usize, share: f64, objective: &Objective) -> f64 {
    match objective.utility {
        Utility::MeanVariance => {
            share * rewards.gain[row] - 0.5 * objective.risk_aversion * share * share * rewards.variance[row]
        }
        Utility::Exponential => share * rewards.gain[row],
    }
}
