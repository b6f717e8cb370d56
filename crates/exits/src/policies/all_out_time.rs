//! One exit after a number of bars.
//!
//! ```text
//! entry ──╱╲──╱╲─╱──┤ 100 % at the open of bar n
//!  stop ────────────┤
//! ```

use serde::{Deserialize, Serialize};

use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction, OnBest, Stands};

/// Sells everything at the open after `bars` bars. Until then the entry's stop works.
///
/// Source: Kaufman (2013), *Trading Systems and Methods*, ch. 22 (time stops).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllOutTime {
    /// Bars held; 1 or more.
    pub bars: u32,
}

impl AllOutTime {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        super::check_positive("bars", f64::from(self.bars))
    }
}

impl ExitPolicy for AllOutTime {
    fn name(&self) -> String {
        format!("all out after {} bars", self.bars)
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        Stands::for_bars(self.bars.checked_sub(decision.path.bars_held)?, OnBest::Stand)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let due = self.bars <= decision.path.bars_held;
        let market = if due { decision.remaining } else { Fraction::ZERO };
        ExitOrders { stop: decision.stop, market, ..ExitOrders::default() }
    }
}
