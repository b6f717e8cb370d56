//! A ladder whose rungs sink towards the price with time.
//!
//! ```text
//! 3 R ──╲
//! 2 R ──╲ ╲────
//! 1 R ──╲ ╲──── ← the rungs sink bar by bar
//!        ╲─────
//! entry ────────┤ horizon
//! ```

use scaleout_market::{Decimal, Side};
use serde::{Deserialize, Serialize};

use super::{Rung, rungs};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy};

/// The levels, in R, shrink linearly from the fill to the horizon, down to the share `floor` of themselves.
///
/// Source: the time-dependent return targets of freqtrade's `minimal_roi` table, made continuous.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeDecayedLadder {
    /// Levels in R at the fill.
    #[serde(deserialize_with = "rungs::read")]
    pub rungs: Vec<Rung>,
    /// Share of the levels that remains at the horizon; 0 to 1.
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
        let held = Decimal::whole(i64::from(decision.path.bars_held));
        let whole = held.plus(Decimal::whole(i64::from(decision.bars_to_horizon)));
        let one = Decimal::whole(1);
        // Of `whole` parts of each level these are left.
        let left = whole.minus(one.minus(Decimal::of(self.floor)).times(held));
        let (price, risk) = (Decimal::of(decision.entry.price), Decimal::of(decision.entry.risk));
        let price_of = |level| {
            let points = Decimal::of(level).times(risk).times(left);
            let signed = if decision.entry.side == Side::Long { points } else { points.negated() };
            price.times(whole).plus(signed).over(whole)
        };
        let limits = rungs::resting(&self.rungs, decision, price_of);
        ExitOrders { stop: decision.stop, limits, ..ExitOrders::default() }
    }
}
