//! Percent rungs, and a last part without a target.
//!
//! ```text
//! +100 % ──────────────╱╲─── 25 %
//!  +50 % ─────────╱╲──╱──╲── 25 %
//!  +25 % ────╱╲──╱──╲╱────╲─ 25 %
//!  entry ───╱──╲╱───────────  25 % stay: the moon bag, closed at the horizon
//! ```

use serde::{Deserialize, Serialize};

use super::{Ladder, Rung, Spacing, StopRule, rungs};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction, Stands};

/// A percent ladder that keeps a part to the stop or the horizon.
///
/// Source: common practice on crypto markets; the last part is the runner of Raschke & Connors (1995),
/// *Street Smarts*, ch. 2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoonBag {
    /// Levels in percent of the entry price.
    #[serde(deserialize_with = "rungs::read")]
    pub rungs: Vec<Rung>,
    /// The stop.
    #[serde(default)]
    pub stop: StopRule,
}

impl MoonBag {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        rungs::check_rungs(&self.rungs)?;
        let sold: Fraction = self.rungs.iter().map(|rung| rung.fraction).sum();
        if Fraction::is_meant_whole(u64::from(sold.units())) {
            return Err(ExitError::range("rungs", "parts of 1", "parts of less than 1, so that a bag is left"));
        }
        self.stop.check()
    }

    fn ladder(&self) -> Ladder {
        Ladder {
            name: None,
            rungs: self.rungs.clone(),
            spacing: Spacing::Percent,
            stop: self.stop.clone(),
            expires_bars: None,
        }
    }
}

impl ExitPolicy for MoonBag {
    fn name(&self) -> String {
        let sold: Fraction = self.rungs.iter().map(|rung| rung.fraction).sum();
        format!("{} + {:.0}% moon bag", self.ladder().name(), 100.0 * (1.0 - sold.as_f64()))
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.stop.inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        self.stop.stands(decision).map(Stands::until_sold)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        self.ladder().decide(decision)
    }
}
