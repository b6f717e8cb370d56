//! Sells when the user's condition holds: over features, columns, the last bar and the position.
//!
//! ```text
//! rsi(window=14) > 70 and unrealised_r > 1.5
//!                    ↓ holds at this close
//! ──╱╲──╱╲──╱╲──╱╲──┤ a part at the next open
//! ```

use scaleout_features::FeatureSpec;
use serde::{Deserialize, Serialize};

use super::{AllOutStop, Expression, Ladder, StopRule};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction};

/// Sells a part at the next open after each close at which `exit_when` holds. A ladder or a stop may work beside it.
///
/// What the condition sells replaces the nearest remaining rungs. The condition is not evaluated at the fill. An
/// exit on an opposite entry signal is a condition on the column that holds the signal, such as `column:signal * side < 0`.
/// Source: conditions on indicators and the open trade are `custom_exit` of freqtrade and `strategy.close(when)` of Pine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitWhen {
    /// The condition; its grammar is on the page of expressions. Numbers in braces, `{60 to 80 step 5}`, are tuned.
    pub exit_when: Expression,
    /// Part of the initial size sold each time; all by default.
    #[serde(default = "whole")]
    pub fraction: Fraction,
    /// Bars from one sale to the next; 1 by default.
    #[serde(default = "one")]
    pub min_bars_between: u32,
    /// A ladder that works beside it, with its own stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<Ladder>,
    /// The stop, if there is no ladder.
    #[serde(default)]
    pub stop: StopRule,
}

fn whole() -> Fraction {
    Fraction::ONE
}

fn one() -> u32 {
    1
}

impl ExitWhen {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        super::check_positive("fraction", self.fraction.as_f64())?;
        match &self.ladder {
            None => self.stop.check(),
            Some(_) if self.stop != StopRule::Entry => {
                Err(ExitError::range("stop", "another rule", "\"entry\" beside a ladder, which has its own stop"))
            }
            Some(ladder) => ladder.check(),
        }
    }

    /// The same with one value in place of each range of its condition.
    pub(super) fn settings(&self) -> Vec<Self> {
        self.exit_when.settings().into_iter().map(|exit_when| Self { exit_when, ..self.clone() }).collect()
    }

    /// What works beside the condition.
    fn beside(&self) -> Box<dyn ExitPolicy> {
        match &self.ladder {
            Some(ladder) => Box::new(ladder.clone()),
            None => Box::new(AllOutStop { stop: self.stop.clone() }),
        }
    }

    fn is_due(&self, decision: &Decision<'_>) -> bool {
        let rested = decision.bars_since_sale.is_none_or(|bars| self.min_bars_between <= bars);
        if decision.path.bars_held == 0 || !rested {
            return false;
        }
        let all = self.inputs();
        let value = |place: usize| {
            let wanted = self.exit_when.inputs().get(place)?;
            decision.inputs.get(all.iter().position(|input| input == wanted)?).copied().flatten()
        };
        self.exit_when.holds(decision, &value)
    }
}

impl ExitPolicy for ExitWhen {
    fn name(&self) -> String {
        let beside = self.ladder.as_ref().map_or(String::new(), |ladder| format!(", {}", ladder.name()));
        format!("{:.0}% when {}{beside}", self.fraction.as_f64() * 100.0, self.exit_when.text())
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        let mut inputs = self.beside().inputs();
        for input in self.exit_when.inputs() {
            if !inputs.contains(input) {
                inputs.push(input.clone());
            }
        }
        inputs
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let beside = self.beside();
        let orders = beside.decide(decision);
        if !self.is_due(decision) {
            return orders;
        }
        let market = self.fraction.min(decision.remaining);
        let after = Decision { remaining: decision.remaining.saturating_sub(market), ..*decision };
        let limits = if after.remaining.is_zero() { Vec::new() } else { beside.decide(&after).limits };
        ExitOrders { market, limits, ..orders }
    }

    fn because(&self, decision: &Decision<'_>) -> Option<String> {
        self.is_due(decision).then(|| format!("`{}` holds", self.exit_when.text()))
    }
}
