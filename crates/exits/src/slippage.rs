use scaleout_market::{Bar, Decimal};
use serde::{Deserialize, Serialize};

use crate::ExitError;

/// How much worse than its reference price a market fill is, beyond the half-spread.
///
/// In a config: `slippage = "none"`, `{ ticks = 1 }`, `{ bps = 2 }` or `{ volatility = { share = 0.05, window = 14 } }`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Slippage {
    /// None.
    #[default]
    None,
    /// A number of ticks.
    Ticks(f64),
    /// Basis points (10⁻⁴) of the reference price.
    Bps(f64),
    /// A share of the mean true range of the `window` bars that closed before the fill.
    Volatility {
        /// Share of the mean true range.
        share: f64,
        /// Bars averaged; 1 or more.
        window: u32,
    },
}

impl Slippage {
    /// Points of price that a fill at `reference` in bar `bar` loses.
    pub(crate) fn points(self, reference: f64, tick_size: f64, bars: &[Bar], bar: usize) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Ticks(ticks) => Decimal::of(ticks).times(Decimal::of(tick_size)).to_f64(),
            Self::Bps(bps) => Decimal::of(bps).times(Decimal::of(reference.abs())).percent().percent().to_f64(),
            Self::Volatility { share, window } => share * mean_true_range(bars, bar, window as usize),
        }
    }

    pub(crate) fn check(self, field: &'static str) -> Result<(), ExitError> {
        let (value, window) = match self {
            Self::None => (0.0, 1),
            Self::Ticks(value) | Self::Bps(value) => (value, 1),
            Self::Volatility { share, window } => (share, window),
        };
        if !(value.is_finite() && value >= 0.0) {
            return Err(ExitError::range(field, value, "a finite number, 0 or more"));
        }
        if window == 0 {
            return Err(ExitError::range(field, "a window of 0", "a window of 1 bar or more"));
        }
        Ok(())
    }
}

/// Mean true range of the last `window` bars before `bar`, of fewer where the data begin; 0 without any.
fn mean_true_range(bars: &[Bar], bar: usize, window: usize) -> f64 {
    let first = bar.saturating_sub(window);
    if first == bar {
        return 0.0;
    }
    let total: f64 = (first..bar)
        .map(|t| {
            let previous_close = if t == 0 { bars[t].open } else { bars[t - 1].close };
            bars[t].high.max(previous_close) - bars[t].low.min(previous_close)
        })
        .sum();
    total / (bar - first) as f64
}
