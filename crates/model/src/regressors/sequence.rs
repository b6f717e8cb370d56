//! The market features of the recent bars, as a recurrent network reads them.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{RowShape, hold},
    error::ModelError,
    regressors::inputs::{MOST_DEVIATIONS, ScaledFeature},
};

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
    /// The farthest from 0 that each number of a step lies, for rows of `shape`.
    ///
    /// # Errors
    /// What does not make a sequence.
    pub(crate) fn bounds(&self, shape: RowShape) -> Result<Vec<f64>, ModelError> {
        hold(self.market == shape.market, "market", self.market, shape.market.to_string())?;
        hold(self.before_from == shape.present(), "before_from", self.before_from, shape.present().to_string())?;
        hold(self.window == shape.window, "window", self.window, shape.window.to_string())?;
        hold(
            self.features.len() <= shape.market,
            "the length of features",
            self.features.len(),
            shape.market.to_string(),
        )?;
        for (place, scaled) in self.features.iter().enumerate() {
            scaled.check(shape.market).map_err(|error| error.within(&format!("features[{place}]")))?;
        }
        Ok(std::iter::repeat_n(f64::from(MOST_DEVIATIONS), self.features.len()).chain([1.0]).collect())
    }

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
