//! The variant that rests limits in the next bar.

use std::sync::Arc;

use scaleout_exits::{Alternative, Decision, ExitOrders, ExitPolicy, Fraction, LimitOrder};
use scaleout_features::FeatureSpec;
use scaleout_market::PathSinceEntry;

use crate::{
    model::Model,
    policies::market::ModelPolicy,
    rows::{
        layout::RowSource,
        source::{inputs_before, row_source},
    },
};

/// Prices tried between the close and the reach of one bar.
const PRICES: usize = 12;

/// Halvings of the interval in which a slice's price lies.
const HALVINGS: usize = 4;

/// A model as an exit policy that rests limits.
///
/// At the close it solves for the price in the next bar at which selling each slice becomes worth it, position
/// features moved with the price, market features held, and rests a limit there. What is worth more sold at the close
/// itself is sold at the next open. So a model and a ladder differ in timing and not in the type of order. Limits are
/// decided at the costs of a market sale, which errs towards holding.
#[derive(Debug, Clone)]
pub struct RestingModelPolicy {
    market: ModelPolicy,
}

impl RestingModelPolicy {
    /// The resting variant of `model`.
    pub fn new(model: Arc<Model>) -> Self {
        Self { market: ModelPolicy::new(model) }
    }

    fn model(&self) -> &Model {
        self.market.model()
    }

    /// The fraction that the model would hold of `remaining` if the gain in the next bar were each of `gains_r`.
    fn targets(&self, decision: &Decision<'_>, remaining: f64, gains_r: &[f64]) -> Vec<f64> {
        let mut rows = Vec::with_capacity(gains_r.len() * self.model().layout.width());
        let bars_to_horizon = decision.bars_to_horizon.saturating_sub(1).max(1);
        let before = inputs_before(decision, &self.model().layout);
        for &gain_r in gains_r {
            let path = moved(&decision.path, gain_r);
            self.market
                .rows()
                .push_row(&RowSource { path, bars_to_horizon, ..row_source(decision, &before) }, &mut rows);
        }
        let hold = self.model().hold_values(&rows);
        let width = hold.len() / gains_r.len().max(1);
        hold.chunks_exact(width).map(|hold| self.model().target(hold, remaining, true, decision.terms)).collect()
    }

    /// The least gain between two at which less than `held` is to be held, to a sixteenth of the distance.
    fn refined(&self, decision: &Decision<'_>, remaining: f64, held: f64, mut low: f64, mut high: f64) -> f64 {
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if self.targets(decision, remaining, &[middle])[0] < held - 1e-9 { high = middle } else { low = middle }
        }
        high
    }
}

impl ExitPolicy for RestingModelPolicy {
    fn name(&self) -> String {
        format!("{} (resting)", self.model().learner.name())
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        self.market.inputs()
    }

    fn bars_back(&self) -> usize {
        self.market.bars_back()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let mut orders = self.market.decide(decision);
        let left = decision.remaining.saturating_sub(orders.market);
        if left.is_zero() || !self.market.may_sell(decision) {
            return orders;
        }
        let reach_r = self.model().training.bar_reach_r;
        let now = decision.path.unrealised_r;
        let gains_r: Vec<f64> = (1..=PRICES).map(|step| now + reach_r * (step as f64 / PRICES as f64)).collect();
        let remaining = left.as_f64();
        let targets = self.targets(decision, remaining, &gains_r);
        let (mut held, mut below) = (left, now);
        for (&gain_r, target) in gains_r.iter().zip(targets) {
            let kept = Fraction::from_share(target).expect("Invariant: a target lies between 0 and what is left");
            if kept < held {
                let price_r = self.refined(decision, remaining, held.as_f64(), below, gain_r);
                let price = decision.entry.price_at_r(price_r);
                orders.limits.push(LimitOrder { price, fraction: held.saturating_sub(kept) });
                held = kept;
            }
            below = gain_r;
        }
        orders
    }

    fn because(&self, decision: &Decision<'_>) -> Option<String> {
        self.market.because(decision)
    }

    fn weighed(&self, decision: &Decision<'_>) -> Vec<Alternative> {
        self.market.weighed(decision)
    }
}

/// The path if the next bar went to a gain of `gain_r` and no further.
fn moved(path: &PathSinceEntry, gain_r: f64) -> PathSinceEntry {
    PathSinceEntry {
        bars_held: path.bars_held + 1,
        unrealised_r: gain_r,
        mfe_r: path.mfe_r.max(gain_r),
        mae_r: path.mae_r.min(gain_r),
    }
}
