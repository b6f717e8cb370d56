//! Sells a part whenever the market is overbought.
//!
//! ```text
//! RSI 70 ─ ─ ─╱╲─ ─ ─ ─╱╲─
//!            ╱  ╲     ╱  ╲
//! upper ──── 25 % ─── 25 % ── Bollinger band
//! ```

use scaleout_features::FeatureSpec;
use scaleout_market::Side;
use serde::{Deserialize, Serialize};

use super::feature;
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction};

/// Sells a part at the next open if the RSI is beyond `level` and the close is beyond the outer Bollinger band.
///
/// Shorts use 100 − `level` and the lower band. Sources: Wilder (1978), *New Concepts in Technical Trading
/// Systems*; Bollinger (2001), *Bollinger on Bollinger Bands*, ch. 16 (bands with an oscillator).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RsiBand {
    /// Part of the initial size sold at a signal.
    pub fraction: Fraction,
    /// RSI above which a long is overbought; above 50, below 100.
    pub level: f64,
    /// Bars of the RSI.
    pub rsi_window: u32,
    /// Bars of the band.
    pub band_window: u32,
    /// Bars from one sale to the next; 1 allows one at every close.
    pub min_bars_between: u32,
}

impl Default for RsiBand {
    fn default() -> Self {
        let fraction = Fraction::ratio(1, 4).expect("Invariant: a quarter is a part");
        Self { fraction, level: 70.0, rsi_window: 14, band_window: 20, min_bars_between: 3 }
    }
}

impl RsiBand {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        if !(50.0 < self.level && self.level < 100.0) {
            return Err(ExitError::range("level", self.level, "above 50 and below 100"));
        }
        super::check_positive("fraction", self.fraction.as_f64())?;
        super::check_positive("rsi_window", f64::from(self.rsi_window))?;
        super::check_positive("band_window", f64::from(self.band_window))
    }
}

impl ExitPolicy for RsiBand {
    fn name(&self) -> String {
        format!("{:.0}% at RSI({}) {} and band", self.fraction.as_f64() * 100.0, self.rsi_window, self.level)
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        vec![
            feature("rsi", self.rsi_window),
            feature("bollinger_upper", self.band_window),
            feature("bollinger_lower", self.band_window),
        ]
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let close = decision.bar.close;
        let (rsi, band) = match decision.entry.side {
            Side::Long => (decision.inputs[0], decision.inputs[1].map(|upper| upper < close)),
            Side::Short => (decision.inputs[0].map(|rsi| 100.0 - rsi), decision.inputs[2].map(|lower| close < lower)),
        };
        let rested = decision.bars_since_sale.is_none_or(|bars| self.min_bars_between <= bars);
        let overbought = rsi.is_some_and(|rsi| self.level < rsi) && band == Some(true);
        // The first decision is at the fill: nothing has been gained that could be taken.
        let due = overbought && rested && 0 < decision.path.bars_held;
        ExitOrders {
            stop: decision.stop,
            market: if due { self.fraction.min(decision.remaining) } else { Fraction::ZERO },
            ..ExitOrders::default()
        }
    }
}
