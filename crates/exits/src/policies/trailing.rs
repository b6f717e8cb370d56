//! A stop that follows the price, without targets.
//!
//! ```text
//!            ╱╲
//!         ╱╲╱  ╲    ← 100 % where the price meets the stop
//!  entry ╱ ┌────┄
//!       ┌──┘ stop
//! ```

use serde::{Deserialize, Serialize};

use super::{Armed, Distance, Follow, StopRule, Trail};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Stands};

/// Holds until the price has given back a percentage or a multiple of the average true range of its best close.
///
/// Sources: Wilder (1978), *New Concepts in Technical Trading Systems* (volatility stop, on closes); percent stops:
/// Kaufman (2013), *Trading Systems and Methods*, ch. 22.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trailing {
    /// How far behind the price.
    pub distance: Distance,
    /// What the stop follows.
    #[serde(default)]
    pub follow: Follow,
    /// Best gain in R at which the stop starts to follow.
    #[serde(default)]
    pub from_r: f64,
    /// When that gain counts as reached.
    #[serde(default)]
    pub armed: Armed,
}

impl Trailing {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        self.rule().check()
    }

    fn rule(&self) -> StopRule {
        StopRule::Trail(Trail { distance: self.distance, follow: self.follow, from_r: self.from_r, armed: self.armed })
    }
}

impl ExitPolicy for Trailing {
    fn name(&self) -> String {
        let distance = match self.distance {
            Distance::R(r) => format!("{r} R"),
            Distance::Percent(percent) => format!("{percent} %"),
            Distance::Atr { multiple, window } => format!("{multiple} ATR({window})"),
        };
        let follow = match self.follow {
            Follow::Close => "",
            Follow::Extreme => " from the extreme",
            Follow::Bar => " inside the bar",
        };
        format!("trailing {distance}{follow}")
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.rule().inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        self.rule().stands(decision).map(Stands::until_sold)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        self.rule().orders(decision, decision.inputs)
    }
}
