//! Rows drawn in proportion to what is at stake.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// `count` places drawn with replacement in proportion to `weights` from a stream of `seed`; none where all are 0.
pub(super) fn drawn(weights: impl Iterator<Item = f64>, count: usize, seed: u64, stream: u64) -> Vec<usize> {
    let mut total = 0.0;
    let up_to: Vec<f64> = weights
        .map(|weight| {
            total += weight;
            total
        })
        .collect();
    if total <= 0.0 {
        return Vec::new();
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    (0..count)
        .map(|_| {
            let at = rng.random_range(0.0..total);
            up_to.partition_point(|sum| *sum <= at)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_drawn_as_often_as_they_weigh() {
        let rows = drawn([1.0, 0.0, 3.0].into_iter(), 8_000, 1, 0);
        let share = |place| rows.iter().filter(|&&row| row == place).count() as f64 / rows.len() as f64;
        assert!(share(1) == 0.0 && (share(2) - 0.75).abs() < 0.02, "{} and {}", share(1), share(2));
        assert_eq!(rows, drawn([1.0, 0.0, 3.0].into_iter(), 8_000, 1, 0));
        assert_ne!(rows, drawn([1.0, 0.0, 3.0].into_iter(), 8_000, 1, 1));
        assert!(drawn([0.0; 4].into_iter(), 10, 1, 0).is_empty());
    }
}
