//! Scaling what a network is shown of a row on the training rows.

use scaleout_model::{BarSequence, NetworkInputs, OutputScale, ScaledFeature};

use crate::{
    learners::{moments::means_and_deviations, networks::thinning::thinned},
    rows::sample::RowSample,
};

/// Rows that medians and quartiles are taken from, at most; evenly spread over the sample.
const SCALING_ROWS: usize = 50_000;

/// The inputs that suit `sample`: of all that a row shows of the present.
pub(crate) fn inputs_of(sample: &RowSample) -> NetworkInputs {
    let present = sample.width - sample.market * sample.bars_before;
    let places = (0..present).filter(|&place| place != sample.time_feature);
    let features = places.filter_map(|place| scaled_feature(sample, place)).collect();
    let most_bars = sample.bars_to_horizon.iter().copied().max().unwrap_or(1) as f32;
    NetworkInputs { features, time_feature: sample.time_feature, most_bars }
}

/// Whether nothing varies over `sample`, which `inputs` were fitted to, the time included.
pub(crate) fn are_constant(inputs: &NetworkInputs, sample: &RowSample) -> bool {
    let bars = &sample.bars_to_horizon;
    inputs.features.is_empty() && bars.iter().all(|other| *other == bars[0])
}

/// The steps that suit `sample`, of whose present features `features` vary.
pub(crate) fn sequence_of(sample: &RowSample, features: &[ScaledFeature]) -> BarSequence {
    BarSequence {
        features: features.iter().filter(|scaled| scaled.feature < sample.market).cloned().collect(),
        market: sample.market,
        before_from: sample.width - sample.market * sample.bars_before,
        window: sample.bars_before + 1,
    }
}

/// Weighted moments of `targets` (N, outputs).
pub(crate) fn output_scale_of(targets: &[f64], outputs: usize, weights: &[f64]) -> OutputScale {
    let (base, scale) = means_and_deviations(targets, outputs, weights);
    OutputScale { base, scale }
}

/// `targets` on that scale.
pub(crate) fn scaled_targets(scaling: &OutputScale, targets: &[f64]) -> Vec<f32> {
    let places = (0..scaling.base.len()).cycle();
    targets.iter().zip(places).map(|(value, at)| ((value - scaling.base[at]) / scaling.scale[at]) as f32).collect()
}

/// `None` where the feature never varies.
fn scaled_feature(sample: &RowSample, feature: usize) -> Option<ScaledFeature> {
    let column = || sample.features.iter().skip(feature).step_by(sample.width).copied();
    let may_be_missing = column().any(f32::is_nan);
    let rows = thinned(sample.rows(), SCALING_ROWS);
    let mut values: Vec<f32> = rows.map(|row| sample.row(row)[feature]).filter(|value| value.is_finite()).collect();
    values.sort_unstable_by(f32::total_cmp);
    let quantile = |share: f64| values.get(((values.len().max(1) - 1) as f64 * share).round() as usize).copied();
    let (centre, low, high) = (quantile(0.5)?, quantile(0.25)?, quantile(0.75)?);
    let spread = 0.75 * (high - low);
    let spread = if 0.0 < spread { spread } else { deviation(&values) };
    (0.0 < spread && spread.is_finite()).then_some(ScaledFeature { feature, centre, spread, may_be_missing })
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

    fn sample(features: Vec<f32>, width: usize) -> RowSample {
        let rows = features.len() / width;
        RowSample {
            width,
            time_feature: 0,
            market: 0,
            bars_before: 0,
            features,
            tree_rows: Default::default(),
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
        let inputs = inputs_of(&sample(rows.clone(), 3));
        let expected = ScaledFeature { feature: 1, centre: 3.0, spread: 1.5, may_be_missing: false };
        assert_eq!(inputs.features, [expected]);
        let mut gap = rows;
        gap[1] = f32::NAN;
        let inputs = inputs_of(&sample(gap, 3));
        let mut out = Vec::new();
        inputs.push(&[4.0, f32::NAN, 5.0], &mut out);
        assert_eq!(out, [0.0, 2.0 * 0.5_f32.sqrt() - 1.0, 0.25, 0.0, 1.0]);
        assert_eq!(out.len(), inputs.width());
        out.clear();
        inputs.push(&[8.0, 1e9, 5.0], &mut out);
        assert_eq!(out, [1.0, 1.0, 0.125, 6.0, 0.0]);
    }

    #[test]
    fn a_feature_that_is_missing_everywhere_is_left_out() {
        let mut sample = sample(vec![8.0, f32::NAN, 7.0, f32::NAN], 2);
        let inputs = inputs_of(&sample);
        assert!(inputs.features.is_empty() && are_constant(&inputs, &sample));
        sample.bars_to_horizon[1] = 7;
        assert!(!are_constant(&inputs, &sample), "the time varies");
    }
}
