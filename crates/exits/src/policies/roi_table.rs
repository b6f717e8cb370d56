//! A target that comes down in steps as the trade gets older.
//!
//! ```text
//! 4 % ──────┐            everything at the limit
//! 2 %       └──────┐
//! 0 %              └──── at any price above the entry
//!     0    10     30 bars held
//! ```

use scaleout_market::Decimal;
use serde::{Deserialize, Serialize};

use super::{Spacing, StopRule};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, LimitOrder, OnBest, Stands};

/// Sells everything at a limit. Its level is that of the last step whose number of bars is reached.
///
/// If the level falls below the market, the next open fills it. Levels ignore fees.
/// Source: freqtrade, `minimal_roi` (there in minutes, after fees).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoiTable {
    /// The steps, earliest first; the first at 0 bars or later.
    pub steps: Vec<RoiStep>,
    /// Unit of the levels: `"percent"` by default, `"r"` or `"points"`.
    #[serde(default = "percent")]
    pub spacing: Spacing,
    /// The stop.
    #[serde(default)]
    pub stop: StopRule,
}

/// A target from some bar on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoiStep {
    /// Bars held when the step starts.
    pub bars: u32,
    /// How far from the entry price; may be 0 or below.
    pub level: f64,
}

fn percent() -> Spacing {
    Spacing::Percent
}

impl RoiTable {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        if self.steps.is_empty() {
            return Err(ExitError::range("steps", 0, "one step or more"));
        }
        for pair in self.steps.windows(2) {
            if pair[1].bars <= pair[0].bars {
                return Err(ExitError::range("steps.bars", pair[1].bars, "above the step before"));
            }
        }
        if let Some(step) = self.steps.iter().find(|step| !step.level.is_finite()) {
            return Err(ExitError::range("steps.level", step.level, "a finite number"));
        }
        if let Spacing::Atr { .. } | Spacing::Swing { .. } = self.spacing {
            return Err(ExitError::range("spacing", "an indicator", "\"percent\", \"r\" or \"points\""));
        }
        self.stop.check()
    }

    /// The step in force after `bars_held` bars.
    fn step(&self, bars_held: u32) -> Option<RoiStep> {
        self.steps.iter().take_while(|step| step.bars <= bars_held).last().copied()
    }
}

impl ExitPolicy for RoiTable {
    fn name(&self) -> String {
        let unit = match self.spacing {
            Spacing::R => "R",
            Spacing::Percent => "%",
            Spacing::Points | Spacing::Atr { .. } | Spacing::Swing { .. } => "points",
        };
        let steps: Vec<String> =
            self.steps.iter().map(|step| format!("{} {unit} from bar {}", step.level, step.bars)).collect();
        format!("ROI {}", steps.join(", "))
    }

    fn inputs(&self) -> Vec<scaleout_features::FeatureSpec> {
        self.stop.inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        let on_best: OnBest = self.stop.stands(decision)?;
        match self.steps.iter().find(|step| decision.path.bars_held < step.bars) {
            Some(next) => Stands::for_bars(next.bars - decision.path.bars_held, on_best),
            None => Some(Stands::until_sold(on_best)),
        }
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let orders = self.stop.orders(decision, decision.inputs);
        let Some(step) = self.step(decision.path.bars_held) else { return orders };
        let unit = match self.spacing {
            Spacing::R => decision.risk(),
            Spacing::Percent => decision.entry_price().abs().percent(),
            Spacing::Points | Spacing::Atr { .. } | Spacing::Swing { .. } => Decimal::whole(1),
        };
        let price = decision.price_beyond(Decimal::of(step.level).times(unit));
        ExitOrders { limits: vec![LimitOrder { price, fraction: decision.remaining }], ..orders }
    }
}
