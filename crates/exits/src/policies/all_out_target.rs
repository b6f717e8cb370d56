//! One exit at one target.
//!
//! ```text
//! target ─────────────╱─ 100 %
//!  entry ──╱╲──╱╲───╱───
//!   stop ────────────────
//! ```

use serde::{Deserialize, Serialize};

use crate::{Decision, ExitError, ExitOrders, ExitPolicy, LimitOrder, OnBest, Stands};

/// Sells everything at `target_r`. The entry's stop and the horizon stay in force.
///
/// Source: Tharp (1998), *Trade Your Way to Financial Freedom*, ch. 10 (profit objectives in R).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllOutTarget {
    /// The target, in R; above 0.
    pub target_r: f64,
}

impl AllOutTarget {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        super::check_positive("target_r", self.target_r)
    }
}

impl ExitPolicy for AllOutTarget {
    fn name(&self) -> String {
        format!("all out at {} R", self.target_r)
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        (!decision.remaining.is_zero()).then(|| Stands::until_sold(OnBest::Stand))
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let price = decision.price_at_r(self.target_r);
        let limits = vec![LimitOrder { price, fraction: decision.remaining }];
        ExitOrders { stop: decision.stop, limits, ..ExitOrders::default() }
    }
}
