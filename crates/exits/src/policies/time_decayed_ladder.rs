//! A ladder that comes down to meet the price as time runs out.
//!
//! ```text
//! 3 R ──╲
//! 2 R ──╲ ╲────
//! 1 R ──╲ ╲──── ← the rungs sink bar by bar
//!        ╲─────
//! entry ────────┤ horizon
//! ```

use serde::{Deserialize, Serialize};

use super::{Rung, rungs};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy};

/// A ladder in R whose levels shrink in a straight line from the fill to the horizon, down to `floor` of themselves.
///
/// Source: the time-dependent return targets of freqtrade's `minimal_roi` table, made continuous.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeDecayedLadder {
    /// Levels in R at the fill.
    pub rungs: Vec<Rung>,
    /// Share of the levels that is left at the horizon; 0 to 1.
    pub floor: f64,
}

impl TimeDecayedLadder {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        rungs::check_rungs(&self.rungs)?;
        if !(0.0..=1.0).contains(&self.floor) {
            return Err(ExitError::range("floor", self.floor, "a share from 0 to 1"));
        }
        Ok(())
    }
}

impl ExitPolicy for TimeDecayedLadder {
    fn name(&self) -> String {
        let rungs: Vec<String> =
            self.rungs.iter().map(|rung| format!("{:.0}%@{}", rung.fraction.as_f64() * 100.0, rung.level)).collect();
        format!("ladder {} R sinking to {}", rungs.join(" "), self.floor)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let held = f64::from(decision.path.bars_held);
        let whole = held + f64::from(decision.bars_to_horizon);
        let shrink = 1.0 - (1.0 - self.floor) * held / whole;
        let limits = rungs::resting(&self.rungs, decision, |level| decision.entry.price_at_r(level * shrink));
        ExitOrders { stop: decision.stop, limits, ..ExitOrders::default() }
    }
}
