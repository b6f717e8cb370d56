//! Sells fixed parts at fixed distances from the entry: the standard scale-out.
//!
//! ```text
//!   3 R ─────────────────────────────╱╲──── 50 %
//!   2 R ───────────────────╱╲───────╱──────  25 %
//!   1 R ────────╱╲────────╱──╲─────╱───────  25 %
//! entry ───────╱──╲──────╱────╲───╱────────
//!  stop ──────────────────────────────────── whatever is left
//! ```
//!
//! Source: Elder (2002), *Come Into My Trading Room*, ch. 6; 25/25/50 at 1, 2 and 3 R is the common form.

use scaleout_features::FeatureSpec;
use scaleout_market::Decimal;
use serde::{Deserialize, Serialize};

use super::{Rung, StopRule, feature, rungs, rungs::parts_by_weight};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Stands};

/// What the levels of a ladder are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Spacing {
    /// R.
    #[default]
    R,
    /// Average true ranges at the entry.
    Atr {
        /// Bars of the average true range.
        window: u32,
    },
    /// Percent of the entry price.
    Percent,
    /// Points of price.
    Points,
    /// Ratios of the range of the bars before the entry, as in Fibonacci extensions: .618, 1, 1.618, 2.618.
    Swing {
        /// Bars of the swing: their highest high minus their lowest low.
        window: u32,
    },
}

/// Limits at rising levels, and a stop for the remainder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Name in reports; made from the rungs if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rungs, nearest first; a part that no rung sells runs to the stop or the horizon.
    #[serde(deserialize_with = "rungs::read")]
    pub rungs: Vec<Rung>,
    /// Unit of the levels.
    #[serde(default)]
    pub spacing: Spacing,
    /// The stop.
    #[serde(default)]
    pub stop: StopRule,
    /// Bars after which unfilled rungs are cancelled. By default they rest to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_bars: Option<u32>,
}

impl Ladder {
    /// A ladder in R that sells parts in proportion to `weights` at `levels`.
    ///
    /// ```
    /// use scaleout_exits::policies::Ladder;
    /// let classic = Ladder::weighted(&[1.0, 2.0, 3.0], &[1, 1, 2]);
    /// assert_eq!(classic.rungs[2].fraction.as_f64(), 0.5);
    /// ```
    pub fn weighted(levels: &[f64], weights: &[u32]) -> Self {
        let parts = parts_by_weight(weights);
        let rungs = levels.iter().zip(parts).map(|(&level, fraction)| Rung { level, fraction }).collect();
        Self { name: None, rungs, spacing: Spacing::R, stop: StopRule::Entry, expires_bars: None }
    }

    pub(super) fn check(&self) -> Result<(), ExitError> {
        rungs::check_rungs(&self.rungs)?;
        if let Spacing::Atr { window: 0 } | Spacing::Swing { window: 0 } = self.spacing {
            return Err(ExitError::range("spacing.window", 0, "1 bar or more"));
        }
        if self.expires_bars == Some(0) {
            return Err(ExitError::range("expires_bars", 0, "1 bar or more"));
        }
        self.stop.check()
    }

    fn spacing_inputs(&self) -> Vec<FeatureSpec> {
        match self.spacing {
            Spacing::R | Spacing::Percent | Spacing::Points => Vec::new(),
            Spacing::Atr { window } => vec![feature("atr", window)],
            Spacing::Swing { window } => vec![feature("donchian_high", window), feature("donchian_low", window)],
        }
    }

    /// Where in the inputs those of the stop begin: one that the spacing reads too comes once.
    fn stop_inputs_at(&self) -> usize {
        match (self.spacing, self.stop.atr_window()) {
            (Spacing::Atr { window }, Some(same)) if window == same => 0,
            (Spacing::R | Spacing::Percent | Spacing::Points, _) => 0,
            (Spacing::Atr { .. }, _) => 1,
            (Spacing::Swing { .. }, _) => 2,
        }
    }

    /// Points of price that one unit of level is; `None` during warm-up of the indicator at the entry.
    pub(super) fn unit(&self, decision: &Decision<'_>) -> Option<Decimal> {
        let at_entry = decision.inputs_at_entry;
        match self.spacing {
            Spacing::R => Some(decision.risk()),
            Spacing::Percent => Some(decision.entry_price().abs().percent()),
            Spacing::Points => Some(Decimal::whole(1)),
            Spacing::Atr { .. } => at_entry[0].map(Decimal::of),
            Spacing::Swing { .. } => {
                at_entry[0].zip(at_entry[1]).map(|(high, low)| Decimal::of(high).minus(Decimal::of(low)))
            }
        }
        .filter(|unit| unit.is_positive())
    }
}

impl ExitPolicy for Ladder {
    fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| {
            let unit = match self.spacing {
                Spacing::R => "R",
                Spacing::Atr { .. } => "ATR",
                Spacing::Percent => "%",
                Spacing::Points => "points",
                Spacing::Swing { .. } => "swing",
            };
            let rungs: Vec<String> = self
                .rungs
                .iter()
                .map(|rung| format!("{:.0}%@{}", rung.fraction.as_f64() * 100.0, rung.level))
                .collect();
            format!("ladder {} {unit}", rungs.join(" "))
        })
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        let mut inputs = self.spacing_inputs();
        for input in self.stop.inputs() {
            if !inputs.contains(&input) {
                inputs.push(input);
            }
        }
        inputs
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        let on_best = self.stop.stands(decision)?;
        match self.expires_bars.and_then(|bars| bars.checked_sub(decision.path.bars_held)).filter(|bars| 0 < *bars) {
            Some(bars) => Stands::for_bars(bars, on_best),
            None => Some(Stands::until_sold(on_best)),
        }
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let mut orders = self.stop.orders(decision, &decision.inputs[self.stop_inputs_at()..]);
        // Without a unit no rung has a price: the stop and the horizon close the trade.
        let is_expired = self.expires_bars.is_some_and(|bars| bars <= decision.path.bars_held);
        if let Some(unit) = self.unit(decision).filter(|_| !is_expired) {
            let price = |level| decision.price_beyond(Decimal::of(level).times(unit));
            orders.limits = rungs::resting(&self.rungs, decision, price);
        }
        orders
    }
}
