//! The market features of the recent bars, as a recurrent network reads them.

use serde::{Deserialize, Serialize};

use super::inputs::ScaledFeature;

/// How the bars of a row become steps of a sequence, oldest first: the scaled market features of the bar, then 1 where
/// the bar is there and 0 where it is missing (before the start of the data or, where there is none, of the path).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarSequence {
    /// The market features that enter.
    pub features: Vec<ScaledFeature>,
    /// Market features in a bar.
    pub market: usize,
    /// Place of the bars before the present one in a row.
    pub before_from: usize,
    /// Bars, the present one among them.
    pub window: usize,
}

impl BarSequence {
    /// Numbers in a step.
    pub fn width(&self) -> usize {
        self.features.len() + 1
    }

    /// The feature that each number of a step comes from.
    pub fn origins(&self) -> impl Iterator<Item = usize> {
        self.features.iter().map(|scaled| scaled.feature)
    }

    /// Appends step `step` of `row`, 0 for the oldest.
    pub fn push(&self, row: &[f32], step: usize, out: &mut Vec<f32>) {
        let bars_before = self.window - 1 - step;
        let from = match bars_before {
            0 => 0,
            bars => self.before_from + (bars - 1) * self.market,
        };
        let mut is_there = self.features.is_empty();
        for scaled in &self.features {
            let value = row[from + scaled.feature];
            is_there |= !value.is_nan();
            out.push(scaled.scaled(value));
        }
        out.push(f32::from(u8::from(is_there)));
    }
}
