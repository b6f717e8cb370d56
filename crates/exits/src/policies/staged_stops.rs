//! Sells a losing trade in parts on the way to its stop.
//!
//! ```text
//!   entry ─╲────────
//!  −⅓ R  ───╲─────── 1/3 at the next open
//!  −⅔ R  ────╲╱╲──── 1/3 at the next open
//!  stop   ───────╲── the rest
//! ```

use serde::{Deserialize, Serialize};

use super::{Rung, rungs};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction, StopOrder};

/// Sells a part at the next open after a close a given number of R below the entry, or at that level itself.
///
/// If the close decides, a spike through a level that reverses costs nothing, and a gap costs more than with a resting
/// stop. Source: Kaufman (2013), *Trading Systems and Methods*, ch. 22 (scaling out of losses).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StagedStops {
    /// Losses in R (written above 0) and the parts sold there, smallest loss first.
    #[serde(deserialize_with = "rungs::read")]
    pub stages: Vec<Rung>,
    /// When a stage sells.
    #[serde(default, skip_serializing_if = "is_close")]
    pub work: StageWork,
}

/// When a stage of staged stops sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageWork {
    /// At the open after a close at or below its level.
    #[default]
    Close,
    /// At its level, as a resting stop inside the bar.
    Level,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_close(work: &StageWork) -> bool {
    *work == StageWork::Close
}

impl StagedStops {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        rungs::check_rungs(&self.stages)
    }
}

impl StagedStops {
    /// The stages as stops that rest at their levels; the entry's stop covers what is left.
    fn resting(&self, decision: &Decision<'_>) -> ExitOrders {
        let asked: Vec<Fraction> = self.stages.iter().map(|stage| stage.fraction).collect();
        let parts = rungs::in_lots(&asked, decision.terms);
        let stop = |(place, (stage, part)): (usize, (&Rung, Fraction))| StopOrder {
            price: decision.price_at_r(-stage.level),
            fraction: part.saturating_sub(decision.stop_sold(place)),
            limit: None,
        };
        let stops = self.stages.iter().zip(parts).enumerate().map(stop).collect();
        ExitOrders { stop: decision.stop, stops, ..ExitOrders::default() }
    }

    /// How many stages the last close has come to.
    fn reached(&self, decision: &Decision<'_>) -> usize {
        self.stages.iter().take_while(|stage| decision.has_lost(stage.level)).count()
    }
}

impl ExitPolicy for StagedStops {
    fn name(&self) -> String {
        let stages: Vec<String> = self
            .stages
            .iter()
            .map(|stage| format!("{:.0}%@−{:.2}", stage.fraction.as_f64() * 100.0, stage.level))
            .collect();
        let work = if self.work == StageWork::Level { "resting " } else { "" };
        format!("{work}staged stops {} R", stages.join(" "))
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        if self.work == StageWork::Level {
            return self.resting(decision);
        }
        let reached = self.reached(decision);
        // What the stages reached so far ask for, as limits of a ladder turned upside down.
        let due: Fraction = rungs::resting(&self.stages, decision, |level| level)
            .into_iter()
            .filter(|limit| self.stages[..reached].iter().any(|stage| stage.level == limit.price))
            .map(|limit| limit.fraction)
            .sum();
        ExitOrders { stop: decision.stop, market: due, ..ExitOrders::default() }
    }

    fn because(&self, decision: &Decision<'_>) -> Option<String> {
        if self.work == StageWork::Level {
            return None;
        }
        let place = self.reached(decision).checked_sub(1)?;
        let stage = &self.stages[place];
        let level = decision.price_at_r(-stage.level);
        let beyond = if decision.entry.side.sign() > 0.0 { "at or below" } else { "at or above" };
        Some(format!("the close {} lies {beyond} {level}, stage {} at −{} R", decision.price(), place + 1, stage.level))
    }
}
