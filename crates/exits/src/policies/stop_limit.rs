//! A stop that becomes a limit order: it never sells below its limit, and may not sell at all.
//!
//! ```text
//!  entry ──╲
//!   stop ───╲────────╱─
//!  limit ────┼──────●──  100 % once the price is back
//!            │ gap ╱
//!            └────╱
//! ```

use scaleout_features::FeatureSpec;
use scaleout_market::Decimal;
use serde::{Deserialize, Serialize};

use super::{AllOutStop, Ladder, StopRule};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Stands};

/// The stop sells at its level, or at the open of a gap that ends above its limit. After a gap through the limit it is a
/// limit order for everything: it sells once the price is back, or never. A ladder may work beside it.
///
/// Slippage and impact cannot push the fill below the limit. The sale at the limit is a maker's.
/// Source: the stop-limit orders of Interactive Brokers, and `STOP_LOSS_LIMIT` of Binance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopLimit {
    /// How far behind the stop the limit is, in R; 0 or more.
    pub limit_r: f64,
    /// A ladder that works beside it, whose stop becomes a stop-limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<Ladder>,
    /// The stop, if there is no ladder.
    #[serde(default)]
    pub stop: StopRule,
}

impl StopLimit {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        check_limit(self.limit_r)?;
        match &self.ladder {
            None => self.stop.check(),
            Some(_) if self.stop != StopRule::Entry => {
                Err(ExitError::range("stop", "another rule", "\"entry\" beside a ladder, which has its own stop"))
            }
            Some(ladder) => ladder.check(),
        }
    }

    /// The same with a stop that sells at any price.
    fn at_market(&self) -> Box<dyn ExitPolicy> {
        match &self.ladder {
            Some(ladder) => Box::new(ladder.clone()),
            None => Box::new(AllOutStop { stop: self.stop.clone() }),
        }
    }
}

/// Refuses a limit that lies before its stop.
pub(super) fn check_limit(limit_r: f64) -> Result<(), ExitError> {
    if limit_r.is_finite() && 0.0 <= limit_r {
        Ok(())
    } else {
        Err(ExitError::range("limit_r", limit_r, "a finite number, 0 or more"))
    }
}

/// `orders` whose stop has its limit `limit_r` behind it. Once it has become a limit, the stop stays where it was.
pub(super) fn limited(orders: ExitOrders, limit_r: f64, decision: &Decision<'_>) -> ExitOrders {
    let stop_limit = Some(Decimal::of(limit_r).times(decision.risk()).to_f64());
    if decision.stop_triggered.is_some() {
        return ExitOrders { stop: decision.stop, stop_limit, trail: None, ..orders };
    }
    ExitOrders { stop_limit, ..orders }
}

impl ExitPolicy for StopLimit {
    fn name(&self) -> String {
        format!("{}, stop-limit {} R", self.at_market().name(), self.limit_r)
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        self.at_market().inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        self.at_market().stands(decision)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        limited(self.at_market().decide(decision), self.limit_r, decision)
    }

    fn because(&self, decision: &Decision<'_>) -> Option<String> {
        let limit = decision.stop_triggered?;
        Some(format!("the market jumped over the stop and its limit, which rests at {limit}"))
    }
}
