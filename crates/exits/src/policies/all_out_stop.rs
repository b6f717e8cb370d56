//! No exit but the stop and the horizon: what the entry alone earns.
//!
//! ```text
//!   entry ──╱╲──╱╲─╱──────┤ 100 % at the horizon
//!    stop ────────────────┤ or here
//! ```

use serde::{Deserialize, Serialize};

use super::StopRule;
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Stands};

/// Holds to the stop or the horizon.
///
/// Source: Tharp (1998), *Trade Your Way to Financial Freedom*, ch. 9 (the control for measuring an exit).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllOutStop {
    /// The stop; by default the entry's.
    #[serde(default)]
    pub stop: StopRule,
}

impl AllOutStop {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        self.stop.check()
    }
}

impl ExitPolicy for AllOutStop {
    fn name(&self) -> String {
        match &self.stop {
            StopRule::Entry => "hold to stop".to_owned(),
            StopRule::BreakEven { .. } => "hold to stop, break-even".to_owned(),
            StopRule::Trail(_) => "hold to trailing stop".to_owned(),
        }
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.stop.inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        self.stop.stands(decision).map(Stands::until_sold)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        self.stop.orders(decision, decision.inputs)
    }
}
