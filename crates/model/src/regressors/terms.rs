//! The columns of a linear model: scaled features, their powers, hinges and products.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{RowShape, hold},
    error::ModelError,
};

/// Highest power of a factor.
const MOST_POWER: u32 = 100;

/// How one feature becomes a number of unit deviation: clamped to the range seen in training, centred, scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    /// Position of the feature in a row.
    pub feature: usize,
    /// Least value let through: the .1 % quantile of the training rows.
    pub low: f64,
    /// Greatest value let through: the 99.9 % quantile.
    pub high: f64,
    /// Mean of the clamped training values.
    pub mean: f64,
    /// Deviation of the clamped training values; above 0.
    pub deviation: f64,
}

impl Scaler {
    /// The farthest from 0 that a scaled value lies.
    ///
    /// # Errors
    /// What does not make a scaler.
    pub(crate) fn reach(&self, shape: RowShape) -> Result<f64, ModelError> {
        hold(self.feature < shape.width, "feature", self.feature, format!("below the {} features", shape.width))?;
        for (key, value) in [("low", self.low), ("high", self.high), ("mean", self.mean)] {
            hold(value.is_finite(), key, value, "a finite number")?;
        }
        hold(self.low <= self.high, "low", self.low, format!("at most `high`, {}", self.high))?;
        hold(self.deviation.is_finite() && 0.0 < self.deviation, "deviation", self.deviation, "a number above 0")?;
        Ok((self.low - self.mean).abs().max((self.high - self.mean).abs()) / self.deviation)
    }

    /// The scaled value; 0, the mean, where it is missing.
    pub fn scaled(&self, value: f32) -> f64 {
        if value.is_nan() { 0.0 } else { (f64::from(value).clamp(self.low, self.high) - self.mean) / self.deviation }
    }
}

/// One column of the regression: a product of powers and hinges of scaled features, centred and scaled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// (position among the scalers, power) of each factor; empty for the constant.
    pub factors: Vec<(usize, u32)>,
    /// (position among the scalers, knot) of each factor max(0, x − knot).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hinges: Vec<(usize, f64)>,
    /// Mean over the training rows; 0 for the constant.
    pub mean: f64,
    /// Deviation over the training rows; 1 for the constant.
    pub deviation: f64,
}

impl Term {
    /// The farthest from 0 that the term lies, given that of each scaled feature.
    ///
    /// # Errors
    /// What does not make a term.
    pub(crate) fn bound(&self, reaches: &[f64]) -> Result<f64, ModelError> {
        let known = format!("below the {} scalers", reaches.len());
        hold(self.mean.is_finite(), "mean", self.mean, "a finite number")?;
        hold(self.deviation.is_finite() && 0.0 < self.deviation, "deviation", self.deviation, "a number above 0")?;
        let mut most = 1.0;
        for (at, &(place, power)) in self.factors.iter().enumerate() {
            hold(place < reaches.len(), &format!("factors[{at}][0]"), place, known.clone())?;
            hold((1..=MOST_POWER).contains(&power), &format!("factors[{at}][1]"), power, format!("1 to {MOST_POWER}"))?;
            most *= reaches[place].powi(power as i32);
        }
        for (at, &(place, knot)) in self.hinges.iter().enumerate() {
            hold(place < reaches.len(), &format!("hinges[{at}][0]"), place, known.clone())?;
            hold(knot.is_finite(), &format!("hinges[{at}][1]"), knot, "a finite number")?;
            most *= reaches[place] + knot.abs();
        }
        let bound = (most + self.mean.abs()) / self.deviation;
        hold(bound.is_finite(), "the largest value", bound, "a finite number")?;
        Ok(bound)
    }

    /// Positions of the scalers it is made of.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        let hinged = self.hinges.iter().map(|&(place, _)| place);
        self.factors.iter().map(|&(place, _)| place).chain(hinged)
    }

    /// The term's value at scaled features.
    pub fn value(&self, scaled: &[f64]) -> f64 {
        let powers: f64 = self.factors.iter().map(|&(place, exponent)| power(scaled[place], exponent)).product();
        let hinges: f64 = self.hinges.iter().map(|&(place, knot)| (scaled[place] - knot).max(0.0)).product();
        (powers * hinges - self.mean) / self.deviation
    }
}

/// `base` to the power `exponent`; the small ones without a call.
fn power(base: f64, exponent: u32) -> f64 {
    let square = base * base;
    match exponent {
        1 => base,
        2 => square,
        3 => base * square,
        4 => square * square,
        5 => base * (square * square),
        _ => base.powi(exponent as i32),
    }
}

/// The values of all `terms` at one row.
pub fn expand_terms(scalers: &[Scaler], terms: &[Term], row: &[f32], scaled: &mut [f64], values: &mut [f64]) {
    for (out, scaler) in scaled.iter_mut().zip(scalers) {
        *out = scaler.scaled(row[scaler.feature]);
    }
    for (out, term) in values.iter_mut().zip(terms) {
        *out = term.value(scaled);
    }
}
