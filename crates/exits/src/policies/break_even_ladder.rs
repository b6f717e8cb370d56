//! A ladder whose stop moves to the entry price once the first rung is sold.
//!
//! ```text
//!   2 R ──────────────────────╱── 50 %
//!   1 R ───────────╱╲────────╱─── 50 %, and then the stop …
//! entry ──────────╱──╲──────╱──── … stands here
//!  stop ─────────╱  ┆
//! ```

use serde::{Deserialize, Serialize};

use super::{Ladder, Offset, StopRule, Trigger};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Stands};

/// A ladder with the stop at break-even after its first sale.
///
/// Source: Elder (2002), *Come Into My Trading Room*, ch. 8 ("free trade").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakEvenLadder {
    /// The ladder; its own stop rule must be `entry`.
    pub ladder: Ladder,
    /// How far beyond the entry price the stop goes.
    #[serde(default)]
    pub offset: Offset,
}

impl BreakEvenLadder {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        if self.ladder.stop != StopRule::Entry {
            return Err(ExitError::range(
                "ladder.stop",
                "another rule",
                "\"entry\": this policy moves the stop itself",
            ));
        }
        self.ladder.check()?;
        self.rule().check()
    }

    fn rule(&self) -> StopRule {
        StopRule::BreakEven { after: Trigger::Sales(1), offset: self.offset }
    }
}

impl ExitPolicy for BreakEvenLadder {
    fn name(&self) -> String {
        format!("{}, break-even after the first", self.ladder.name())
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.ladder.inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        self.rule().stands(decision).map(Stands::until_sold)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        ExitOrders { stop: self.rule().orders(decision, &[]).stop, ..self.ladder.decide(decision) }
    }
}
