//! What a network is shown of a row: every feature scaled on the training rows, and the time to the horizon.

use serde::{Deserialize, Serialize};

use super::thinning::thinned;
use crate::data::Sample;

/// Scaled values are cut off here: a wild row must not drive a network far outside what it was fitted on.
const MOST_DEVIATIONS: f32 = 6.0;

/// Rows that medians and quartiles are taken from, at most; evenly spread over the sample.
const SCALING_ROWS: usize = 50_000;

/// Numbers that tell the bars to the horizon b of at most B: b/B, √(b/B) and 1/b.
const TIMES: usize = 3;

/// How a row becomes the inputs of a network, frozen on the training rows.
///
/// A feature becomes (x − median) ÷ spread, cut off at ±6, where the spread is ¾ of the distance between the
/// quartiles, or the standard deviation where that is 0. A missing value becomes 0, the median, and features that
/// were missing in training have a second input that is 1 where they are. Constant features are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
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

impl Inputs {
    /// The inputs that suit `sample`: of all that a row shows of the present.
    pub(crate) fn fitted(sample: &Sample) -> Self {
        let present = sample.width - sample.market * sample.bars_before;
        let places = (0..present).filter(|&place| place != sample.time_feature);
        let features = places.filter_map(|place| ScaledFeature::fitted(sample, place)).collect();
        let most_bars = sample.bars_to_horizon.iter().copied().max().unwrap_or(1) as f32;
        Self { features, time_feature: sample.time_feature, most_bars }
    }

    /// Whether nothing varies over `sample`, which they were fitted to, the time included.
    pub(crate) fn are_constant(&self, sample: &Sample) -> bool {
        let bars = &sample.bars_to_horizon;
        self.features.is_empty() && bars.iter().all(|other| *other == bars[0])
    }

    /// Numbers that a row becomes.
    pub fn width(&self) -> usize {
        TIMES + self.features.iter().map(|feature| 1 + usize::from(feature.may_be_missing)).sum::<usize>()
    }

    /// The feature that each number comes from.
    pub(crate) fn origins(&self) -> impl Iterator<Item = usize> {
        let features = self.features.iter();
        let places =
            features.flat_map(|scaled| std::iter::repeat_n(scaled.feature, 1 + usize::from(scaled.may_be_missing)));
        std::iter::repeat_n(self.time_feature, TIMES).chain(places)
    }

    /// Appends what `row` becomes.
    pub(crate) fn push(&self, row: &[f32], out: &mut Vec<f32>) {
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
    /// The value on the network's scale; 0 where it is missing.
    pub(crate) fn scaled(&self, value: f32) -> f32 {
        let scaled = (value - self.centre) / self.spread;
        if value.is_nan() { 0.0 } else { scaled.clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS) }
    }

    /// `None` where the feature never varies.
    fn fitted(sample: &Sample, feature: usize) -> Option<Self> {
        let column = || sample.features.iter().skip(feature).step_by(sample.width).copied();
        let may_be_missing = column().any(f32::is_nan);
        let rows = thinned(sample.rows(), SCALING_ROWS);
        let mut values: Vec<f32> = rows.map(|row| sample.row(row)[feature]).filter(|value| value.is_finite()).collect();
        values.sort_unstable_by(f32::total_cmp);
        let quantile = |share: f64| values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied();
        let (centre, low, high) = (quantile(0.5)?, quantile(0.25)?, quantile(0.75)?);
        let spread = 0.75 * (high - low);
        let spread = if 0.0 < spread { spread } else { deviation(&values) };
        (0.0 < spread && spread.is_finite()).then_some(Self { feature, centre, spread, may_be_missing })
    }
}

fn deviation(values: &[f32]) -> f32 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let square = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    square.sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(features: Vec<f32>, width: usize) -> Sample {
        let rows = features.len() / width;
        Sample {
            width,
            time_feature: 0,
            market: 0,
            bars_before: 0,
            features,
            gain: vec![0.0; rows],
            variance: vec![0.0; rows],
            weights: vec![1.0; rows],
            bars_to_horizon: vec![8; rows],
            sale_cost: vec![],
            trades: vec![],
        }
    }

    #[test]
    fn a_constant_is_left_out_and_a_missing_value_is_told() {
        let rows = vec![8.0, 1.0, 5.0, 8.0, 2.0, 5.0, 8.0, 3.0, 5.0, 8.0, 4.0, 5.0, 8.0, 5.0, 5.0];
        let inputs = Inputs::fitted(&sample(rows.clone(), 3));
        let expected = ScaledFeature { feature: 1, centre: 3.0, spread: 1.5, may_be_missing: false };
        assert_eq!(inputs.features, [expected]);
        let mut gap = rows;
        gap[1] = f32::NAN;
        let inputs = Inputs::fitted(&sample(gap, 3));
        let mut out = Vec::new();
        inputs.push(&[4.0, f32::NAN, 5.0], &mut out);
        assert_eq!(out, [0.0, 2.0 * 0.5_f32.sqrt() - 1.0, 0.25, 0.0, 1.0]);
        assert_eq!(out.len(), inputs.width());
        out.clear();
        inputs.push(&[8.0, 1e9, 5.0], &mut out);
        assert_eq!(out, [1.0, 1.0, 0.125, MOST_DEVIATIONS, 0.0]);
    }

    #[test]
    fn a_feature_that_is_missing_everywhere_is_left_out() {
        let mut sample = sample(vec![8.0, f32::NAN, 7.0, f32::NAN], 2);
        let inputs = Inputs::fitted(&sample);
        assert!(inputs.features.is_empty() && inputs.are_constant(&sample));
        sample.bars_to_horizon[1] = 7;
        assert!(!inputs.are_constant(&sample), "the time varies");
    }
}
