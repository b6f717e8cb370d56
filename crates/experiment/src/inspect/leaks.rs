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
use scaleout_market::Bar;

use crate::{ExperimentError, Prepared};

/// The least lower bound of a leak.
const LEAST: f64 = 0.2;

/// The features of the experiment that leak, in their order.
///
/// # Errors
/// If a feature does not exist.
pub(crate) fn leaks(prepared: &Prepared) -> Result<Vec<Leak>, ExperimentError> {
    let specs = prepared.config.training.features.specs();
    let tables = prepared.tables(specs)?;
    // Ranks need no ratio, and a difference is defined at any price.
    let changes_of = |bars: &[Bar]| bars.windows(2).map(|pair| pair[1].close - pair[0].close).collect();
    let changes: Vec<Vec<f64>> = prepared.markets.iter().map(|market| changes_of(market.view().bars())).collect();
    let found: Vec<Option<Leak>> = specs
        .par_iter()
        .map(|spec| {
            let markets: Vec<(Vec<Option<f64>>, &[f64])> = tables
                .iter()
                .zip(&changes)
                .filter_map(|(table, changes)| {
                    Some((table.column(table.position(spec)?).collect(), changes.as_slice()))
                })
                .collect();
            leak(&spec.to_string(), &markets)
        })
        .collect();
    Ok(found.into_iter().flatten().collect())
}

/// `feature`, if it knows the change from a bar to the next. For each of `markets` stand its value at every bar and the
/// change from that bar to the next. Correlations of several markets are averaged by their numbers of bars, since the
/// ranks of one market say nothing of those of another.
fn leak(feature: &str, markets: &[(Vec<Option<f64>>, &[f64])]) -> Option<Leak> {
    let against = |lag: usize| {
        let (mut sum, mut count) = (0.0, 0);
        for (values, changes) in markets {
            let pairs = values.iter().zip(changes.iter().skip(lag));
            let known: Vec<(f64, f64)> = pairs.filter_map(|(value, &change)| Some(((*value)?, change))).collect();
            if let Some(correlation) = spearman(&known) {
                sum += correlation * known.len() as f64;
                count += known.len();
            }
        }
        (0 < count).then(|| (sum / count as f64, count))
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
        leak("x", &[(values.into_iter().map(Some).collect(), changes)]).is_some()
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
        assert_eq!(leak("x", &[(vec![Some(1.0), None], &[0.1, 0.2])]), None);
        assert_eq!(leak("x", &[(vec![Some(1.0); 50], &noise(1, 50))]), None, "a constant knows nothing");
    }
}
