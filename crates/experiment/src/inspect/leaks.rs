//! Features that know what the next bar brings: a column joined one bar too early, a signal made with the close it
//! predicts, a label left among the inputs.
//!
//! A feature leaks if the lower 99 % bound of its rank correlation with the return of the bar *after* it is known lies
//! above .2 and more than half of that is gone once the feature comes one bar later. Honest features stay far below: a
//! rank correlation of .2 with the next bar would be a fortune. Both limits err on the side of silence: a weak leak,
//! or one that lasts for many bars, is not named.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{
    Leak,
    stats::rank_correlation::{lower_bound_99, spearman},
};

use crate::{ExperimentError, Prepared};

/// The least lower bound of a leak.
const LEAST: f64 = 0.2;

/// The features of the experiment that leak, in their order.
///
/// # Errors
/// If a feature does not exist.
pub(crate) fn leaks(prepared: &Prepared) -> Result<Vec<Leak>, ExperimentError> {
    let specs = prepared.config.training.features.specs();
    let table = prepared.table(specs)?;
    let closes: Vec<f64> = prepared.market.history.series.bars().iter().map(|bar| bar.close).collect();
    // Ranks need no ratio, and a difference is defined at any price.
    let changes: Vec<f64> = closes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let found: Vec<Option<Leak>> = specs
        .par_iter()
        .map(|spec| {
            let column = table.position(spec)?;
            leak(&spec.to_string(), &table.column(column).collect::<Vec<_>>(), &changes)
        })
        .collect();
    Ok(found.into_iter().flatten().collect())
}

/// `feature`, whose value at bar `t` is `values[t]`, if it knows `changes[t]`, the change from bar `t` to the next.
fn leak(feature: &str, values: &[Option<f64>], changes: &[f64]) -> Option<Leak> {
    let against = |lag: usize| {
        let pairs = values.iter().zip(changes.iter().skip(lag));
        let known: Vec<(f64, f64)> = pairs.filter_map(|(value, &change)| Some(((*value)?, change))).collect();
        Some((spearman(&known)?, known.len()))
    };
    let (now, count) = against(0)?;
    let low99 = lower_bound_99(now, count)?;
    let (later, _) = against(1)?;
    // What is left must have the sign of what was there.
    let left = later * now.signum();
    (LEAST < low99 && left < 0.5 * now.abs()).then(|| Leak {
        feature: feature.to_owned(),
        rank_correlation: now,
        low99,
        one_bar_later: later,
    })
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
        leak("x", &values.into_iter().map(Some).collect::<Vec<_>>(), changes).is_some()
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
        assert_eq!(leak("x", &[Some(1.0), None], &[0.1, 0.2]), None);
        assert_eq!(leak("x", &vec![Some(1.0); 50], &noise(1, 50)), None, "a constant knows nothing");
    }
}
