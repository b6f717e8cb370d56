//! The exact best exit of a planted edge: a drift with the sign of a signal that mostly stays.

use std::collections::BTreeMap;

use scaleout_exits::{Decision, ExitOrders, ExitPolicy, Fraction};
use scaleout_features::FeatureSpec;

use super::market::Edge;

/// Sells everything once holding is worth nothing.
///
/// With the signal s = ±1 and τ bars to go, holding through the next bar is worth
/// H(s, τ) = s · drift + p · V(s, τ − 1) + (1 − p) · V(−s, τ − 1), with V = max(H, 0) and V(s, 0) = 0. There is neither
/// a stop nor a cost, so the price does not count. The signal always pays while it is up, so the only question is how
/// many bars must be left for it to pay to wait until it turns.
pub(super) struct Optimum {
    horizon: usize,
    /// Whether holding pays while the signal is down, by bars to go.
    holds_when_down: Vec<bool>,
}

impl Optimum {
    pub fn new(edge: Edge, horizon: usize) -> Self {
        let (mut up, mut down) = (0.0_f64, 0.0_f64);
        let mut holds_when_down = vec![false];
        for _ in 0..horizon {
            let hold_up = edge.drift_r + edge.stays * up + (1.0 - edge.stays) * down;
            let hold_down = -edge.drift_r + edge.stays * down + (1.0 - edge.stays) * up;
            holds_when_down.push(hold_down > 0.0);
            (up, down) = (hold_up.max(0.0), hold_down.max(0.0));
        }
        Self { horizon, holds_when_down }
    }
}

impl ExitPolicy for Optimum {
    fn name(&self) -> String {
        "exact optimum".to_owned()
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        vec![FeatureSpec { name: "column:signal".to_owned(), parameters: BTreeMap::new() }]
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let to_go = self.horizon.saturating_sub(decision.path.bars_held as usize);
        let is_down = decision.inputs[0].is_some_and(|signal| signal < 0.0);
        let sells = is_down && !self.holds_when_down[to_go];
        let market = if sells { decision.remaining } else { Fraction::ZERO };
        ExitOrders { stop: decision.stop, market, ..ExitOrders::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_pays_only_where_enough_bars_are_left() {
        let at = |stays| Optimum::new(Edge { drift_r: 0.05, stays }, 20).holds_when_down;
        assert!(at(0.99).iter().all(|&holds| !holds), "a signal that stays down costs");
        let fast = at(0.6);
        assert!(!fast[1] && !fast[0], "the last bar with a falling drift never pays");
        assert!(fast.windows(2).all(|pair| pair[0] <= pair[1]), "more bars never make waiting worse");
    }
}
