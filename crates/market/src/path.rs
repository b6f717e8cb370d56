//! What the market did since an entry.

use crate::{Bar, Entry};

/// What the market did since an entry, apart from what was sold: bars held, R at the last close, MFE, MAE.
///
/// It depends on the entry and on prices alone, never on the policy's own fills, so every contestant and every
/// training row of an entry sees the same path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathSinceEntry {
    /// Bars closed since the entry filled; 0 at the fill.
    pub bars_held: u32,
    /// Gain of one whole unit at the last close, in R; 0 at the fill.
    pub unrealised_r: f64,
    /// Maximum favourable excursion so far, in R; 0 or more.
    pub mfe_r: f64,
    /// Maximum adverse excursion so far, in R; 0 or less.
    pub mae_r: f64,
}

impl PathSinceEntry {
    /// The path at the moment of the fill.
    pub const fn at_fill() -> Self {
        Self { bars_held: 0, unrealised_r: 0.0, mfe_r: 0.0, mae_r: 0.0 }
    }

    /// The path after one more `bar`, all of it after the fill.
    #[must_use]
    pub fn after(self, entry: &Entry, bar: &Bar) -> Self {
        let (at_high, at_low) = (entry.r_at(bar.high), entry.r_at(bar.low));
        Self {
            bars_held: self.bars_held + 1,
            unrealised_r: entry.r_at(bar.close),
            mfe_r: self.mfe_r.max(at_high).max(at_low),
            mae_r: self.mae_r.min(at_high).min(at_low),
        }
    }

    /// The distance from the best close-or-intrabar gain to the present one, in R; 0 or more.
    pub fn drawdown_r(&self) -> f64 {
        (self.mfe_r - self.unrealised_r).max(0.0)
    }
}
