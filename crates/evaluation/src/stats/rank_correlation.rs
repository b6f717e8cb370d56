//! Rank correlation and how sure it is.

/// Spearman's rank correlation of pairs, ties sharing their mean rank; `None` below four pairs or without variation.
///
/// Source: Spearman (1904), "The proof and measurement of association between two things", *Am. J. Psychology* 15.
/// Cost O(n log n).
///
/// ```
/// use scaleout_evaluation::stats::rank_correlation::spearman;
/// let pairs = [(1.0, 1.0), (2.0, 8.0), (3.0, 27.0), (4.0, 16.0)];
/// assert!((spearman(&pairs).unwrap() - 0.8).abs() < 1e-12);
/// assert_eq!(spearman(&[(1.0, 1.0); 9]), None);
/// ```
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let (x, y) = (ranks(pairs, |pair| pair.0), ranks(pairs, |pair| pair.1));
    let centre = (pairs.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - centre) * (b - centre)).sum::<f64>();
    let scale = (product(&x, &x) * product(&y, &y)).sqrt();
    (3 < pairs.len() && 0.0 < scale).then(|| product(&x, &y) / scale)
}

/// Ranks from 1, ties at the mean of theirs.
fn ranks(pairs: &[(f64, f64)], of: impl Fn(&(f64, f64)) -> f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|&a, &b| of(&pairs[a]).total_cmp(&of(&pairs[b])));
    let mut ranks = vec![0.0; pairs.len()];
    let mut first = 0;
    while first < order.len() {
        let value = of(&pairs[order[first]]);
        let tied = order[first..].iter().take_while(|&&place| of(&pairs[place]) == value).count();
        let mean = first as f64 + (tied as f64 + 1.0) / 2.0;
        order[first..first + tied].iter().for_each(|&place| ranks[place] = mean);
        first += tied;
    }
    ranks
}

/// The lower 99 % bound (one-sided) of the size of a rank correlation over `count` pairs; `None` below five pairs.
///
/// Fisher's transform with the standard error 1.03 ÷ √(n − 3) of ranks.
/// Source: Fieller, Hartley & Pearson (1957), "Tests for rank correlation coefficients", *Biometrika* 44.
pub fn lower_bound_99(correlation: f64, count: usize) -> Option<f64> {
    const QUANTILE: f64 = 2.326_347_874_040_841;
    let size = correlation.abs().min(1.0 - 1e-12);
    (4 < count).then(|| (size.atanh() - QUANTILE * 1.03 / (count as f64 - 3.0).sqrt()).tanh())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_rank() {
        let pairs = [(1.0, 0.0), (1.0, 0.0), (2.0, 0.0), (5.0, 0.0)];
        assert_eq!(ranks(&pairs, |pair| pair.0), [1.5, 1.5, 3.0, 4.0]);
        assert_eq!(spearman(&pairs), None, "the other side does not vary");
        assert_eq!(spearman(&[(1.0, -1.0), (2.0, -2.0), (3.0, -3.0), (9.0, -4.0)]), Some(-1.0));
    }

    #[test]
    fn few_pairs_are_less_sure() {
        let bound = |count| lower_bound_99(0.5, count).unwrap();
        assert!(bound(10) < 0.0 && bound(10) < bound(100) && bound(100) < bound(10_000) && bound(10_000) < 0.5);
        assert_eq!(lower_bound_99(0.5, 4), None);
    }
}
