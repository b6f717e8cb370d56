//! How far the rows of other trades are from those that a model was trained on, feature by feature.

use crate::FeatureInput;

/// Training quantiles that a contract keeps of each feature: 5 %, 10 % … 95 %.
pub(crate) const QUANTILES: usize = 19;

/// The training quantiles of `values` at 5 %, 10 % … 95 %; empty where all are missing. O(n log n).
pub(crate) fn quantiles(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut known: Vec<f32> = values.filter(|value| value.is_finite()).collect();
    known.sort_unstable_by(f32::total_cmp);
    let Some(last) = known.len().checked_sub(1) else { return Vec::new() };
    (1..=QUANTILES).map(|step| known[(last as f64 * level(step)) as usize]).collect()
}

/// The level of the quantile number `step`, from 1.
fn level(step: usize) -> f64 {
    step as f64 / (QUANTILES + 1) as f64
}

/// One feature in other rows than those of the training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeatureDrift {
    /// Share of the known values outside the training's .1–99.9 % range; `None` where no value is known.
    pub outside_share: Option<f64>,
    /// Two-sample distance to the training rows, 0 to 1: see [`FeatureInput::drift`].
    pub distance: Option<f64>,
    /// The median of the known values.
    pub median: Option<f32>,
    /// Share of the values that are missing.
    pub missing_share: f64,
}

impl FeatureInput {
    /// How far `values` of this feature are from those of the training. O(n log n).
    ///
    /// The distance is that of Kolmogorov and Smirnov (Smirnov, 1948, "Table for estimating the goodness of fit of empirical
    /// distributions"), the largest difference of two distribution functions, taken at the 19 training quantiles x(5 %) …
    /// x(95 %): max over p of p − F(x(p)) and F(x(p)−) − p, where F is the distribution function of `values`. It is never
    /// above the full distance, and at most .05 below it where no training value repeats. `None` without a known value, or
    /// for a contract of a build that kept no quantiles.
    pub fn drift(&self, values: impl Iterator<Item = f32>) -> FeatureDrift {
        let mut all = 0_usize;
        let mut known: Vec<f32> = values.inspect(|_| all += 1).filter(|value| value.is_finite()).collect();
        known.sort_unstable_by(f32::total_cmp);
        let count = known.len() as f64;
        let share_below = |limit: f32| known.partition_point(|value| *value < limit) as f64 / count;
        let share_up_to = |limit: f32| known.partition_point(|value| *value <= limit) as f64 / count;
        let range = &self.training_range;
        let gaps = self.training_quantiles.iter().enumerate().map(|(place, &quantile)| {
            let level = level(place + 1);
            (level - share_up_to(quantile)).max(share_below(quantile) - level)
        });
        let is_known = !known.is_empty();
        FeatureDrift {
            outside_share: range
                .low
                .zip(range.high)
                .filter(|_| is_known)
                .map(|(low, high)| share_below(low) + 1.0 - share_up_to(high)),
            distance: (is_known && !self.training_quantiles.is_empty()).then(|| gaps.fold(0.0, f64::max)),
            median: known.get(known.len().saturating_sub(1) / 2).copied(),
            missing_share: if all == 0 { 0.0 } else { 1.0 - count / all as f64 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{QUANTILES, quantiles};
    use crate::fixtures::feature_input as trained_on;

    /// The largest difference of the two distribution functions, at every value of either sample.
    fn full_distance(a: &[f32], b: &[f32]) -> f64 {
        let share = |sample: &[f32], limit: f32| {
            sample.iter().filter(|value| **value <= limit).count() as f64 / sample.len() as f64
        };
        a.iter().chain(b).map(|&limit| (share(a, limit) - share(b, limit)).abs()).fold(0.0, f64::max)
    }

    /// Values between 0 and 1, spread by a multiplicative sequence.
    fn spread(count: usize, seed: u32) -> Vec<f32> {
        (0..count)
            .map(|place| ((place as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8) as f32 / 16_777_216.0)
            .collect()
    }

    #[test]
    fn quantiles_are_values_of_the_sample() {
        let found = quantiles((0..=100).map(|value| value as f32));
        assert_eq!(found.len(), QUANTILES);
        assert_eq!((found[0], found[9], found[18]), (5.0, 50.0, 95.0));
        assert!(quantiles([f32::NAN].into_iter()).is_empty());
    }

    #[test]
    fn the_distance_is_just_below_that_of_kolmogorov_and_smirnov() {
        let training = spread(5_000, 1);
        let input = trained_on(training.iter().copied());
        for (scale, shift) in [(1.0, 0.0), (1.0, 0.1), (1.0, -0.3), (0.5, 0.25), (2.0, -0.5), (1.0, 3.0)] {
            let now: Vec<f32> = spread(700, 9).iter().map(|value| scale * value + shift).collect();
            let (found, full) = (input.drift(now.iter().copied()).distance.unwrap(), full_distance(&training, &now));
            assert!(found <= full + 1e-3 && full <= found + 0.05 + 1e-3, "{scale} {shift}: {found} of {full}");
        }
    }

    #[test]
    fn repeated_values_are_no_drift() {
        let half =
            |count: usize| (0..count).map(move |place| if place % 2 == 0 { 0.0 } else { place as f32 / count as f32 });
        let input = trained_on(half(4_000));
        let drift = input.drift(half(400));
        assert!(drift.distance.unwrap() < 0.02, "{drift:?}");
        let distance = input.drift([0.0_f32; 50].into_iter()).distance.unwrap();
        assert!((distance - 0.45).abs() < 1e-12, "{distance}");
    }

    #[test]
    fn what_is_outside_and_missing_is_counted() {
        let input = trained_on((0..10_001).map(|value| value as f32));
        let now = [5.0, 9.0, 10.0, 5_000.0, 9_990.0, 9_991.0, f32::NAN, f32::NAN];
        let drift = input.drift(now.into_iter());
        assert!((drift.outside_share.unwrap() - 0.5).abs() < 1e-12, "{drift:?}");
        assert_eq!((drift.median, drift.missing_share), (Some(10.0), 0.25));
        let nothing = input.drift([f32::NAN].into_iter());
        assert_eq!((nothing.outside_share, nothing.distance, nothing.missing_share), (None, None, 1.0));
    }
}
