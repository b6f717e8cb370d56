//! Sells into strength: a bar of unusual range and volume in the trade's direction.
//!
//! ```text
//!           │ ← wide bar, high close: 50 % at the next open
//!      ╷ │  │
//! ─┤├─┤├─┴──┘
//! ▂▁▂▁▂▁▂▂▇  volume
//! ```

use scaleout_features::FeatureSpec;
use scaleout_market::Side;
use serde::{Deserialize, Serialize};

use super::feature;
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction};

/// Sells a part at the next open after a climax. A climax is a bar wider than `range_multiple` average true ranges, on
/// `volume_multiple` times the mean volume, that closes in the better half.
///
/// Source: Wyckoff's buying climax, as in Pruden (2007), *The Three Skills of Top Trading*, ch. 5; O'Neil (2009),
/// *How to Make Money in Stocks*, ch. 11 (climax tops).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Climax {
    /// Part of the initial size sold.
    pub fraction: Fraction,
    /// Range of the bar in average true ranges; above 0.
    pub range_multiple: f64,
    /// Volume of the bar in mean volumes; above 0.
    pub volume_multiple: f64,
    /// Bars averaged.
    pub window: u32,
}

impl Climax {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        super::check_positive("fraction", self.fraction.as_f64())?;
        super::check_positive("range_multiple", self.range_multiple)?;
        super::check_positive("volume_multiple", self.volume_multiple)?;
        super::check_positive("window", f64::from(self.window))
    }
}

impl ExitPolicy for Climax {
    fn name(&self) -> String {
        format!(
            "{:.0}% into a climax of {} ATR, {} volume",
            self.fraction.as_f64() * 100.0,
            self.range_multiple,
            self.volume_multiple
        )
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        vec![feature("atr", self.window), feature("relative_volume", self.window)]
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let bar = decision.bar;
        let wide = decision.inputs[0].is_some_and(|atr| self.range_multiple * atr < bar.range());
        let busy = decision.inputs[1].is_some_and(|volume| self.volume_multiple < volume);
        let close = bar.against_middle(bar.close);
        let strong = match decision.entry.side {
            Side::Long => close.is_gt(),
            Side::Short => close.is_lt(),
        };
        let due = wide && busy && strong && 0 < decision.path.bars_held;
        ExitOrders {
            stop: decision.stop,
            market: if due { self.fraction.min(decision.remaining) } else { Fraction::ZERO },
            ..ExitOrders::default()
        }
    }
}
