//! A ladder whose stop follows: to the entry after the first rung, to the first rung after the second.
//!
//! ```text
//!   3 R ────────────────────────╱╲── 50 %
//!   2 R ───────────────╱╲──────╱──╲─ 25 %
//!   1 R ────╱╲────────╱──╲╱───╱ ┌─── stop after the second rung
//! entry ───╱──╲──────╱   ┌──────┘ ── stop after the first
//!  stop ──╱──────────────┘
//! ```

use scaleout_market::Decimal;
use serde::{Deserialize, Serialize};

use super::{Ladder, StopRule, rungs, stop_rule::better};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, OnBest, Stands};

/// The stop stays one target behind. It is at the entry price once the first rung is sold, and at rung n − 1 once rung
/// n is.
///
/// A rung counts once all of it is sold. Source: the usual rule of signal channels ("stop to entry at TP1, to TP1 at TP2");
/// Elder (2002), *Come Into My Trading Room*, ch. 8.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SteppedLadder {
    /// The ladder; its own stop rule must be `entry`.
    pub ladder: Ladder,
}

impl SteppedLadder {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        if self.ladder.stop != StopRule::Entry {
            return Err(ExitError::range(
                "ladder.stop",
                "another rule",
                "\"entry\": this policy moves the stop itself",
            ));
        }
        self.ladder.check()
    }

    /// How many rungs are sold.
    fn done(&self, decision: &Decision<'_>) -> usize {
        let left = rungs::resting(&self.ladder.rungs, decision, |level| level);
        let next = left.first().map_or(f64::INFINITY, |limit| limit.price);
        if decision.sales == 0 { 0 } else { self.ladder.rungs.iter().take_while(|rung| rung.level < next).count() }
    }
}

impl ExitPolicy for SteppedLadder {
    fn name(&self) -> String {
        format!("{}, stop one target behind", self.ladder.name())
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.ladder.inputs()
    }

    fn stands(&self, _decision: &Decision<'_>) -> Option<Stands> {
        Some(Stands::until_sold(OnBest::Stand))
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let orders = self.ladder.decide(decision);
        let behind = match (self.done(decision), self.ladder.unit(decision)) {
            (0, _) | (_, None) => None,
            (1, _) => Some(decision.entry.price),
            (done, Some(unit)) => {
                Some(decision.price_beyond(Decimal::of(self.ladder.rungs[done - 2].level).times(unit)))
            }
        };
        ExitOrders { stop: better(decision.entry.side.sign(), decision.stop, behind), ..orders }
    }
}
