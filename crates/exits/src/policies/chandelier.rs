//! A stop at a fixed distance below the highest high since the entry.
//!
//! ```text
//! high ──┬──╱╲──
//!        │ ╱  ╲
//!      k ATR   ╲
//! stop ──┴──────╲─ 100 %
//! ```

use serde::{Deserialize, Serialize};

use super::{Armed, Distance, Follow, StopRule, Trail};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy};

/// The stop is the best price since the entry minus a multiple of the average true range. It moves at closes.
///
/// Source: Le Beau, as described by Elder (2002), *Come Into My Trading Room*, ch. 7; 3 ATR of 22 bars is usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chandelier {
    /// Average true ranges below the extreme; above 0.
    pub multiple: f64,
    /// Bars of the average true range.
    pub window: u32,
}

impl Chandelier {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        self.rule().check()
    }

    fn rule(&self) -> StopRule {
        let distance = Distance::Atr { multiple: self.multiple, window: self.window };
        StopRule::Trail(Trail { distance, follow: Follow::Extreme, from_r: 0.0, armed: Armed::Close })
    }
}

impl ExitPolicy for Chandelier {
    fn name(&self) -> String {
        format!("chandelier {} ATR({})", self.multiple, self.window)
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.rule().inputs()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        self.rule().orders(decision, decision.inputs)
    }
}
