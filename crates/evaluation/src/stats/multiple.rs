//! What many comparisons do to one p-value.

use crate::stats::moments::{deviation, mean, quantile_of_sorted};

/// Holm's adjusted p-values, in the order of `p_values`: each may be read as if it had been the only test.
///
/// Source: Holm (1979), "A simple sequentially rejective multiple test procedure", *Scand. J. Statistics* 6(2).
///
/// ```
/// use scaleout_evaluation::stats::multiple::holm;
/// assert_eq!(holm(&[0.04, 0.01, 0.5]), vec![0.08, 0.03, 0.5]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut at_least: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        at_least = at_least.max((p_values.len() - rank) as f64 * p_values[index]).min(1.0);
        adjusted[index] = at_least;
    }
    adjusted
}

/// The t-value that the best of all contestants exceeds by luck alone in 5 % of samples; `None` without variation.
///
/// `draws[d][c]` is the bootstrapped mean of contestant `c` in draw `d`. The draws are centred, so they show what the
/// best looks like when no contestant has an edge, with the dependence between contestants kept.
/// Source: White (2000), "A reality check for data snooping", *Econometrica* 68(5).
pub fn best_of_many_critical_t(draws: &[Vec<f64>]) -> Option<f64> {
    let contestants = draws.first()?.len();
    let mut best = vec![f64::NEG_INFINITY; draws.len()];
    for contestant in 0..contestants {
        let means: Vec<f64> = draws.iter().map(|draw| draw[contestant]).collect();
        let Some(error) = deviation(&means).filter(|&error| error > 0.0) else { continue };
        let centre = mean(&means)?;
        for (best, value) in best.iter_mut().zip(&means) {
            *best = best.max((value - centre) / error);
        }
    }
    best.sort_unstable_by(f64::total_cmp);
    quantile_of_sorted(&best, 0.95).filter(|critical| critical.is_finite())
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn holm_keeps_order_and_is_capped() {
        assert_eq!(holm(&[0.9, 0.8]), vec![1.0, 1.0]);
        assert_eq!(holm(&[0.01, 0.011, 0.012]), vec![0.03, 0.03, 0.03]);
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn one_contestant_needs_the_one_sided_normal_value_and_many_need_more() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut normal = || (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        let alone: Vec<Vec<f64>> = (0..20_000).map(|_| vec![normal()]).collect();
        assert!((best_of_many_critical_t(&alone).unwrap() - 1.645).abs() < 0.04, "Monte Carlo error at 20,000 draws");
        let many: Vec<Vec<f64>> = (0..5_000).map(|_| (0..20).map(|_| normal()).collect()).collect();
        assert!((best_of_many_critical_t(&many).unwrap() - 2.80).abs() < 0.08, "Φ⁻¹(.95^(1/20)) = 2.80");
        assert_eq!(best_of_many_critical_t(&[vec![1.0], vec![1.0]]), None);
    }
}
