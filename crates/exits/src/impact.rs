use scaleout_market::{Bar, Entry};
use serde::{Deserialize, Serialize};

use crate::ExitError;

/// Temporary impact: how much worse a market fill gets with its own size. The price recovers before the next fill.
///
/// The coefficient is fixed when the trade is entered, so that it can be an input of the decision. In a config:
/// `impact = { volume-share = { bps = 10, exponent = 0.5, window = 20 } }`, `{ whole-position = { cost_r = 0.5, exponent = 1 } }`.
/// Source: Almgren, Thum, Hauptmann & Li (2005), "Direct Estimation of Equity Market Impact", eq. 8 (exponent .6).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Impact {
    /// None.
    #[default]
    None,
    /// `bps · (quantity ÷ volume)^exponent` of the entry price, with the mean volume of the `window` bars before it.
    VolumeShare {
        /// Basis points lost per unit when selling as much as a whole bar trades.
        bps: f64,
        /// 1 is linear, ½ the square root; the cost then grows with the power 1 + exponent, 1.5 to 2 as a rule.
        exponent: f64,
        /// Bars averaged; 1 or more.
        window: u32,
    },
    /// `cost_r` for selling the whole position at once, and `Δ^(1 + exponent)` of that for a part Δ.
    WholePosition {
        /// Cost of selling everything at once, in R.
        cost_r: f64,
        /// As above.
        exponent: f64,
    },
}

impl Impact {
    /// The power 1 to 2 with which the cost grows in the part sold.
    pub(crate) fn power(self) -> f64 {
        match self {
            Self::None => 1.0,
            Self::VolumeShare { exponent, .. } | Self::WholePosition { exponent, .. } => 1.0 + exponent,
        }
    }

    /// Cost in R of selling the whole of `entry` at once, when it fills in bar `first_bar`.
    pub(crate) fn whole_r(self, entry: &Entry, bars: &[Bar], first_bar: usize) -> Result<f64, ExitError> {
        match self {
            Self::None => Ok(0.0),
            Self::WholePosition { cost_r, .. } => Ok(cost_r),
            Self::VolumeShare { bps, exponent, window } => {
                let before = &bars[first_bar.saturating_sub(window as usize)..first_bar];
                let volume = before.iter().map(|bar| bar.volume).sum::<f64>() / before.len().max(1) as f64;
                if volume <= 0.0 {
                    return Err(ExitError::NoVolume { id: entry.id.clone(), window, bar: first_bar });
                }
                Ok(bps * 1e-4 * entry.price.abs() * (entry.qty / volume).powf(exponent) / entry.risk)
            }
        }
    }

    pub(crate) fn check(self) -> Result<(), ExitError> {
        let (size, exponent, window) = match self {
            Self::None => return Ok(()),
            Self::VolumeShare { bps, exponent, window } => (bps, exponent, window),
            Self::WholePosition { cost_r, exponent } => (cost_r, exponent, 1),
        };
        if !(size.is_finite() && size >= 0.0) {
            return Err(ExitError::range("impact", size, "a finite number, 0 or more"));
        }
        if !(exponent > 0.0 && exponent <= 1.0) {
            return Err(ExitError::range("impact.exponent", exponent, "above 0, at most 1"));
        }
        if window == 0 {
            return Err(ExitError::range("impact.window", window, "1 bar or more"));
        }
        Ok(())
    }
}
