//! A trailing stop that becomes a limit order.
//!
//! ```text
//!            ╱╲
//!         ╱╲╱  │ gap
//!  entry ╱ ┌───┼┄ stop
//!       ┌──┘ ──┼──╱─ limit: 100 % once the price is back
//!              └─╱
//! ```

use serde::{Deserialize, Serialize};

use super::{
    Trailing,
    stop_limit::{check_limit, limited},
};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Stands};

/// A trailing stop whose limit stays `limit_r` behind it. After a gap through the limit it is a limit order for everything:
/// it sells once the price is back, or never.
///
/// Source: the trailing stop-limit order of Interactive Brokers (`TRAIL LIMIT`, limit offset), and `trailingDelta` of
/// `STOP_LOSS_LIMIT` orders of Binance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrailingLimit {
    /// How far behind the stop the limit is, in R; 0 or more.
    pub limit_r: f64,
    /// The trailing stop, with the parameters of `trailing`.
    pub trailing: Trailing,
}

impl TrailingLimit {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        check_limit(self.limit_r)?;
        self.trailing.check()
    }
}

impl ExitPolicy for TrailingLimit {
    fn name(&self) -> String {
        format!("{}, stop-limit {} R", self.trailing.name(), self.limit_r)
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.trailing.inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        self.trailing.stands(decision)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        limited(self.trailing.decide(decision), self.limit_r, decision)
    }

    fn because(&self, decision: &Decision<'_>) -> Option<String> {
        let limit = decision.stop_triggered?;
        Some(format!("the market jumped over the stop and its limit, which rests at {limit}"))
    }
}
