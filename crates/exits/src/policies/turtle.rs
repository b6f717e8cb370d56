//! Sells everything when the price breaks the extreme of the last N bars.
//!
//! ```text
//!        ╱╲  ╱╲
//!  ╱╲  ╱  ╲╱  ╲
//! ╱──╲╱─ ─ ─ ─ ╲─ lowest low of N bars: 100 %
//! ```

use scaleout_features::FeatureSpec;
use scaleout_market::Side;
use serde::{Deserialize, Serialize};

use super::feature;
use crate::{Decision, ExitError, ExitOrders, ExitPolicy};

/// The stop is at the lowest low (for shorts the highest high) of the last `window` bars. A tighter stop of the entry
/// stays.
///
/// Source: Faith (2003), *The Original Turtle Trading Rules*: 10 bars for system 1, 20 for system 2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turtle {
    /// Bars of the channel; 1 or more.
    pub window: u32,
}

impl Turtle {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        super::check_positive("window", f64::from(self.window))
    }
}

impl ExitPolicy for Turtle {
    fn name(&self) -> String {
        format!("{}-bar extreme", self.window)
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        vec![feature("donchian_low", self.window), feature("donchian_high", self.window)]
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let sign = decision.entry.side.sign();
        let extreme = match decision.entry.side {
            Side::Long => decision.inputs[0],
            Side::Short => decision.inputs[1],
        };
        // The channel may lie beyond the market at the fill, and it may fall back with its window: the one stop that a rule
        // loosens. It never loosens the entry's.
        let levels = [extreme, decision.entry.stop];
        let stop = levels.into_iter().flatten().max_by(|a, b| (sign * a).total_cmp(&(sign * b)));
        ExitOrders { stop, ..ExitOrders::default() }
    }
}
