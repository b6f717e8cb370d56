//! Features that know what the next bar brings: a column joined one bar too early, a signal made with the close it
//! predicts, a label left among the inputs.
//!
//! A feature leaks if the lower 99 % bound of its rank correlation with the return of the bar *after* it is known lies
//! above .2 and more than half of that is gone once the feature comes one bar later. Honest features stay far below: a
//! rank correlation of .2 with the next bar would be a fortune. Both limits err on the side of silence: a weak leak,
//! or one that lasts for many bars, is not named.

use scaleout_evaluation::{
    Leak,
    stats::rank_correlation::{lower_bound_99, spearman},
};

/// The least lower bound of a leak.
const LEAST: f64 = 0.2;

/// Bars of a market that are enough to tell: of longer histories every second one is taken, or every third, and so on.
const MOST_BARS: usize = 50_000;

/// How a feature goes with the change from its bar to the next, and with that of one bar later. Correlations of several
/// markets are averaged by their numbers of bars, since the ranks of one market say nothing of those of another.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NextBar {
    now: WeightedMean,
    later: WeightedMean,
}

/// A rank correlation of `count` pairs, or the mean of several.
#[derive(Debug, Clone, Copy, Default)]
struct WeightedMean {
    sum: f64,
    count: usize,
}

impl WeightedMean {
    fn mean(self) -> Option<f64> {
        (0 < self.count).then(|| self.sum / self.count as f64)
    }

    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }
}

impl NextBar {
    /// Of one market: the feature's value at every bar, and the change from each bar to the next.
    pub(crate) fn of(values: &[Option<f64>], changes: &[f64]) -> Self {
        let stride = values.len().div_ceil(MOST_BARS).max(1);
        let against = |lag: usize| {
            let pairs = values.iter().zip(changes.iter().skip(lag)).step_by(stride);
            let known: Vec<(f64, f64)> = pairs.filter_map(|(value, &change)| Some(((*value)?, change))).collect();
            let mean = |correlation| WeightedMean { sum: correlation * known.len() as f64, count: known.len() };
            spearman(&known).map_or_else(WeightedMean::default, mean)
        };
        Self { now: against(0), later: against(1) }
    }

    /// Takes in what `other`, another market, shows.
    pub(crate) fn add(&mut self, other: Self) {
        self.now.add(other.now);
        self.later.add(other.later);
    }

    /// `feature`, which these values are of, if it knows the next bar.
    pub(super) fn leak(&self, feature: &str) -> Option<Leak> {
        let now = self.now.mean()?;
        let low99 = lower_bound_99(now, self.now.count)?;
        let later = self.later.mean()?;
        // What is left must have the sign of what was there.
        let left = later * now.signum();
        (LEAST < low99 && left < 0.5 * now.abs()).then(|| Leak {
            feature: feature.to_owned(),
            rank_correlation: now,
            low99,
            one_bar_later: later,
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn noise(seed: u64, count: usize) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0).collect()
    }

    fn found(values: Vec<f64>, changes: &[f64]) -> bool {
        NextBar::of(&values.into_iter().map(Some).collect::<Vec<_>>(), changes).leak("x").is_some()
    }

    /// The next bar's change with as much noise on top, or with the sign turned.
    #[test]
    fn planted_leaks_are_found_in_20_of_20() {
        for seed in 0..20 {
            let changes = noise(seed, 600);
            let blurred = changes.iter().zip(noise(1_000 + seed, 600)).map(|(change, noise)| change + noise);
            assert!(found(blurred.clone().collect(), &changes), "seed {seed}");
            assert!(found(blurred.map(|value| -value).collect(), &changes), "seed {seed}");
        }
    }

    #[test]
    fn honest_features_are_not_named() {
        let named = (0..400).filter(|&seed| {
            let changes = noise(seed, 600);
            let trailing: Vec<f64> = (0..600_usize).map(|t| changes[t.saturating_sub(10)..t].iter().sum()).collect();
            found(noise(2_000 + seed, 600), &changes) || found(trailing, &changes)
        });
        assert_eq!(named.count(), 0);
    }

    /// A slow trend that really is there lasts more than a bar, so it is no leak.
    #[test]
    fn what_lasts_is_no_leak() {
        let (mut drift, steps) = (0.0, noise(5, 4_000));
        let drifts: Vec<f64> = steps
            .iter()
            .map(|step| {
                drift = 0.98 * drift + 0.2 * step;
                drift
            })
            .collect();
        let changes: Vec<f64> = drifts.iter().zip(noise(6, 4_000)).map(|(drift, noise)| drift + noise).collect();
        assert!(spearman(&drifts.iter().copied().zip(changes.iter().copied()).collect::<Vec<_>>()).unwrap() > 0.4);
        assert!(!found(drifts, &changes));
    }

    #[test]
    fn too_little_is_known_of_few_bars() {
        assert_eq!(NextBar::of(&[Some(1.0), None], &[0.1, 0.2]).leak("x"), None);
        assert_eq!(NextBar::of(&[Some(1.0); 50], &noise(1, 50)).leak("x"), None, "a constant knows nothing");
    }
}
