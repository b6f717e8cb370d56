//! The variant that sells at the next open.

use std::sync::Arc;

use scaleout_exits::{Alternative, Decision, ExitOrders, ExitPolicy, Fraction};
use scaleout_features::FeatureSpec;

use crate::{
    model::Model,
    regressors::{departure::Advantage, regressor::Regressor},
    rows::{
        layout::RowMaker,
        source::{inputs_before, row_source},
    },
};

/// A model as an exit policy that sells at the next open whatever is worth more sold.
#[derive(Debug, Clone)]
pub struct ModelPolicy {
    model: Arc<Model>,
    rows: RowMaker,
}

impl ModelPolicy {
    /// The policy of `model`, which was fitted or loaded and so has a layout that was checked.
    pub fn new(model: Arc<Model>) -> Self {
        let rows = model.layout.resolve().expect("Invariant: the layout of a model was checked when it came to be");
        Self { model, rows }
    }

    /// What makes the model's rows.
    pub(crate) fn rows(&self) -> &RowMaker {
        &self.rows
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Hold values at a decision, H at 1/K … 1, and the fraction to hold.
    pub fn evaluate(&self, decision: &Decision<'_>) -> (Vec<f64>, f64) {
        let hold = self.hold_values(decision);
        let target = self.model.target(&hold, decision.remaining.as_f64(), self.may_sell(decision), decision.terms);
        (hold, target)
    }

    fn hold_values(&self, decision: &Decision<'_>) -> Vec<f64> {
        self.model.hold_values(&self.row(decision))
    }

    fn row(&self, decision: &Decision<'_>) -> Vec<f32> {
        let mut row = Vec::with_capacity(self.model.layout.width());
        let before = inputs_before(decision, &self.model.layout);
        self.rows.push_row(&row_source(decision, &before), &mut row);
        row
    }

    /// Whether the spacing between sales allows one now.
    pub(crate) fn may_sell(&self, decision: &Decision<'_>) -> bool {
        decision.bars_since_sale.is_none_or(|bars| self.model.limits.min_bars_between_sales <= bars)
    }
}

impl ExitPolicy for ModelPolicy {
    fn name(&self) -> String {
        format!("{} (market)", self.model.learner.name())
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        self.model.inputs().to_vec()
    }

    fn bars_back(&self) -> usize {
        self.model.layout.bars_before()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let (_, target) = self.evaluate(decision);
        let kept = Fraction::from_share(target).expect("Invariant: a target lies between 0 and what is left");
        ExitOrders { stop: decision.stop, market: decision.remaining.saturating_sub(kept), ..ExitOrders::default() }
    }

    fn because(&self, decision: &Decision<'_>) -> Option<String> {
        let Regressor::Departure(departure) = &self.model.regressor else { return None };
        let row = self.row(decision);
        let tranches = self.model.tranches as usize;
        let rule = format!("the rule `{}` keeps {} of {tranches}", departure.rule.name, departure.rule.kept(&row));
        let Some(caution) = departure.caution else { return Some(format!("{rule} and decides alone")) };
        let Advantage { mean_r, standard_error_r } = departure.advantage(&row, row.len());
        let tranche = |(mean, error): (&f64, &f64)| format!("{mean:.4} ± {error:.4}");
        let values: Vec<String> = mean_r.iter().zip(&standard_error_r).take(tranches).map(tranche).collect();
        Some(format!(
            "{rule}; κ = {caution}; marginal hold values of parts 1 to {tranches}, R a unit: {}",
            values.join(", ")
        ))
    }

    fn weighed(&self, decision: &Decision<'_>) -> Vec<Alternative> {
        let (hold, remaining) = (self.hold_values(decision), decision.remaining.as_f64());
        self.model.alternatives(&hold, remaining, self.may_sell(decision), decision.terms)
    }
}
