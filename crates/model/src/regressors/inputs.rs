//! What a network is shown of a row: scaled features and the time to the horizon.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{RowShape, hold},
    error::ModelError,
};

/// Scaled values are cut off here: a wild row must not drive a network far outside what it was fitted on.
pub(crate) const MOST_DEVIATIONS: f32 = 6.0;

/// Numbers that tell the bars to the horizon b of at most B: b/B, √(b/B) and 1/b.
const TIMES: usize = 3;

/// How a row becomes the inputs of a network, frozen on the training rows.
///
/// A feature becomes (x − median) ÷ spread, cut off at ±6, where the spread is ¾ of the distance between the
/// quartiles, or the standard deviation where that is 0. A missing value becomes 0, the median, and features that
/// were missing in training have a second input that is 1 where they are. Constant features are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkInputs {
    /// The features that enter.
    pub features: Vec<ScaledFeature>,
    /// Which feature is the bars to the horizon.
    pub time_feature: usize,
    /// The most bars to the horizon in the training rows.
    pub most_bars: f32,
}

/// How one feature is scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaledFeature {
    /// Its place in a row.
    pub feature: usize,
    /// The median.
    pub centre: f32,
    /// The spread, above 0.
    pub spread: f32,
    /// Whether a second input tells that it is missing.
    pub may_be_missing: bool,
}

impl NetworkInputs {
    /// The farthest from 0 that each number lies that a row of `shape` becomes.
    ///
    /// # Errors
    /// What does not make inputs.
    pub(crate) fn bounds(&self, shape: RowShape) -> Result<Vec<f64>, ModelError> {
        hold(
            self.time_feature == shape.time_feature,
            "time_feature",
            self.time_feature,
            shape.time_feature.to_string(),
        )?;
        let is_horizon = 1.0 <= self.most_bars && self.most_bars <= shape.horizon_bars as f32;
        hold(is_horizon, "most_bars", self.most_bars, format!("1 to the horizon, {}", shape.horizon_bars))?;
        hold(
            self.features.len() <= shape.present(),
            "the length of features",
            self.features.len(),
            shape.present().to_string(),
        )?;
        let share = f64::from(shape.horizon_bars) / f64::from(self.most_bars);
        let mut bounds = vec![2.0 * share + 1.0, 2.0 * share.sqrt() + 1.0, 1.0];
        for (place, scaled) in self.features.iter().enumerate() {
            scaled.check(shape.present()).map_err(|error| error.within(&format!("features[{place}]")))?;
            bounds.push(f64::from(MOST_DEVIATIONS));
            bounds.extend(scaled.may_be_missing.then_some(1.0));
        }
        Ok(bounds)
    }

    /// Numbers that a row becomes.
    pub fn width(&self) -> usize {
        TIMES + self.features.iter().map(|feature| 1 + usize::from(feature.may_be_missing)).sum::<usize>()
    }

    /// The feature that each number comes from.
    pub fn origins(&self) -> impl Iterator<Item = usize> {
        let features = self.features.iter();
        let places =
            features.flat_map(|scaled| std::iter::repeat_n(scaled.feature, 1 + usize::from(scaled.may_be_missing)));
        std::iter::repeat_n(self.time_feature, TIMES).chain(places)
    }

    /// Appends what `row` becomes.
    pub fn push(&self, row: &[f32], out: &mut Vec<f32>) {
        let bars = row[self.time_feature].max(1.0);
        let share = bars / self.most_bars;
        out.extend([2.0 * share - 1.0, 2.0 * share.sqrt() - 1.0, 1.0 / bars]);
        for feature in &self.features {
            let value = row[feature.feature];
            out.push(feature.scaled(value));
            if feature.may_be_missing {
                out.push(f32::from(u8::from(value.is_nan())));
            }
        }
    }
}

impl ScaledFeature {
    /// Nothing, if it scales one of the first `features` of a row; else what does not fit.
    pub(crate) fn check(&self, features: usize) -> Result<(), ModelError> {
        hold(self.feature < features, "feature", self.feature, format!("below {features}"))?;
        hold(self.centre.is_finite(), "centre", self.centre, "a finite number")?;
        hold(self.spread.is_finite() && 0.0 < self.spread, "spread", self.spread, "a number above 0")
    }

    /// The value on the network's scale; 0 where it is missing.
    pub fn scaled(&self, value: f32) -> f32 {
        let scaled = (value - self.centre) / self.spread;
        if value.is_nan() { 0.0 } else { scaled.clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS) }
    }
}
