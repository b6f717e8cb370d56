//! What rounds go by where the spread of the whole result is priced: exponential utility.

use crate::{
    error::TrainingError,
    improve::control_variate::Control,
    learners::trees::{boosting::TreesFitting, config::TreesConfig},
    problem::{
        marginals::{to_marginals, utility_targets},
        task::LearningTask,
    },
    rows::sample::RowSample,
};

/// Trees for certainty equivalents, and what no feature foretells of gains.
#[derive(Debug)]
pub(crate) struct Pricing {
    trees: TreesFitting,
    /// The highest cost of a sale, in R for one whole unit.
    dearest_sale: f64,
    /// Only where a trial takes it out of the targets.
    pub control: Option<Control>,
}

impl Pricing {
    /// The pricing of the gains of `train`; with `has_control` it knows what no feature foretells of them.
    ///
    /// # Errors
    /// Rows in which nothing varies.
    pub(crate) fn new(train: &RowSample, tranches: usize, has_control: bool, seed: u64) -> Result<Self, TrainingError> {
        let trees = TreesConfig { trees: 40, learning_rate: 0.3, ..TreesConfig::default() };
        let trees = TreesFitting::new(trees, &train.present(), train.weights.clone())?;
        let costs = train.sale_cost.chunks_exact(tranches);
        let per_unit =
            costs.flat_map(|costs| (1..).zip(costs).map(|(sold, cost)| cost * tranches as f64 / f64::from(sold)));
        let dearest_sale = per_unit.fold(0.0, f64::max);
        Ok(Self { trees, dearest_sale, control: if has_control { Some(Control::of(train, seed)?) } else { None } })
    }

    /// Turns the gains of holding each state (N × outputs, in R) into targets of its marginal certainty equivalents.
    pub(crate) fn price(&self, values: &mut [f64], problem: &LearningTask) {
        // What is worse than losing this many units of utility's scale is sold by any model; how much worse would
        // take the trees and terms that the decisions need.
        const WORST: f64 = 8.0;
        // A loss that many is so dear that trades in the hundred thousands do not show how rare it must be to be borne;
        // losses of very different sizes beyond it would only hide each other.
        const WORST_LOSS: f64 = 16.0;
        let (gamma, tranches) = (problem.objective.risk_aversion, problem.grid.tranches);
        values.iter_mut().for_each(|value| *value = value.max(-WORST_LOSS / gamma));
        let mut estimates = self.trees.certainty_equivalents(values, problem.grid.outputs(), gamma);
        utility_targets(values, &estimates, gamma);
        to_marginals(values, tranches);
        to_marginals(&mut estimates, tranches);
        let least = -WORST / gamma - self.dearest_sale;
        for (value, estimate) in values.iter_mut().zip(&estimates) {
            *value += (least - estimate).max(0.0);
        }
    }
}
