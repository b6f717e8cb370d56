//! Whether the best of many beats a benchmark by more than luck.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::stats::bootstrap::{DrawPurpose, StationaryBootstrap};

/// p-values of Hansen's test that no alternative is better than the benchmark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpaTest {
    /// Only alternatives no worse than the benchmark count: too small in small samples.
    pub lower: f64,
    /// Alternatives that are clearly worse do not count: the p-value to use.
    pub consistent: f64,
    /// All alternatives count (White's reality check, studentised): too large when there are bad ones.
    pub upper: f64,
}

/// Hansen's test for superior predictive ability; `None` where no alternative differs from the benchmark.
///
/// `gains[a]` is the series over time of alternative `a` less the benchmark, more being better. The statistic is
/// max(0, max √n · mean ÷ deviation) with the stationary-bootstrap deviation for `mean_block`, recentred in three ways.
/// Some programs compare plain means instead; there an alternative that varies much hides a quiet one.
/// Source: Hansen (2005), "A test for superior predictive ability", *J. Business & Economic Statistics* 23(4).
/// Cost O(alternatives · n · (draws + n)).
pub fn superior_predictive_ability(gains: &[Vec<f64>], mean_block: f64, draws: usize, seed: u64) -> Option<SpaTest> {
    let n = gains.first()?.len();
    if n < 8 {
        return None;
    }
    let alternatives: Vec<SpaAlternative<'_>> =
        gains.par_iter().filter_map(|series| SpaAlternative::new(series, mean_block)).collect();
    let observed = alternatives.iter().map(|a| a.mean / a.deviation).fold(f64::NEG_INFINITY, f64::max).max(0.0);
    if alternatives.is_empty() {
        return None;
    }
    let floor = -(2.0 * (n as f64).ln().ln() / n as f64).sqrt();
    let series: Vec<&[f64]> = alternatives.iter().map(|a| a.series).collect();
    let bootstrap = StationaryBootstrap::new(n, mean_block);
    let as_good: Vec<[bool; 3]> = bootstrap.total_draws(&series, draws, seed, DrawPurpose::Spa, |totals| {
        let mut best = [0.0_f64; 3];
        for (a, total) in alternatives.iter().zip(totals) {
            let drawn = total / n as f64;
            let consistent_centre = if a.mean / a.deviation >= floor { a.mean } else { 0.0 };
            for (best, centre) in best.iter_mut().zip([a.mean.max(0.0), consistent_centre, a.mean]) {
                *best = best.max((drawn - centre) / a.deviation);
            }
        }
        best.map(|best| best >= observed)
    });
    let p = |which: usize| (1 + as_good.iter().filter(|hit| hit[which]).count()) as f64 / (1 + draws) as f64;
    Some(SpaTest { lower: p(0), consistent: p(1), upper: p(2) })
}

struct SpaAlternative<'a> {
    series: &'a [f64],
    mean: f64,
    /// √ of the long-run variance, so that `deviation / √n` is the standard error of the mean.
    deviation: f64,
}

impl<'a> SpaAlternative<'a> {
    fn new(series: &'a [f64], mean_block: f64) -> Option<Self> {
        let n = series.len() as f64;
        let mean = series.iter().sum::<f64>() / n;
        let centred: Vec<f64> = series.iter().map(|value| value - mean).collect();
        let keep = 1.0 - 1.0 / mean_block.max(1.0);
        let autocovariance =
            |lag: usize| centred[lag..].iter().zip(&centred).map(|(later, earlier)| later * earlier).sum::<f64>() / n;
        let mut variance = autocovariance(0);
        for lag in 1..series.len() {
            let near = (lag as f64).min(n - lag as f64);
            if keep.powf(near) < 1e-12 {
                continue;
            }
            let lag_f = lag as f64;
            let weight = (1.0 - lag_f / n) * keep.powf(lag_f) + lag_f / n * keep.powf(n - lag_f);
            variance += 2.0 * weight * autocovariance(lag);
        }
        (variance > 0.0).then(|| Self { series, mean, deviation: variance.sqrt() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::overfitting::tests::{noise, noise_with_an_edge};

    fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
    }

    #[test]
    fn golden_noise_is_not_superior() {
        let test = superior_predictive_ability(&columns(&noise()), 10.0, 4_000, 1).unwrap();
        // The tabled value is itself from draws: 1,000 of them have a standard error of .011.
        assert!((test.consistent - 0.863).abs() < 0.03, "{test:?}");
        assert!(test.lower <= test.consistent && test.consistent <= test.upper);
    }

    #[test]
    fn golden_edge_is_superior() {
        let test = superior_predictive_ability(&columns(&noise_with_an_edge()), 10.0, 2_000, 1).unwrap();
        assert!(test.consistent < 0.001, "{test:?}");
    }

    /// The edge is 2.5 standard errors of its own series; a series that varies 25 times as much has larger means by luck.
    #[test]
    fn a_loud_alternative_does_not_hide_a_quiet_one() {
        let noise = columns(&noise());
        let n = noise[0].len() as f64;
        let quiet = |series: &[f64]| {
            let mean = series.iter().sum::<f64>() / n;
            let deviation = (series.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
            series.iter().map(|value| 0.2 * ((value - mean) / deviation + 2.5 / n.sqrt())).collect::<Vec<f64>>()
        };
        let edge = quiet(&noise[0]);
        let alone = superior_predictive_ability(std::slice::from_ref(&edge), 1.0, 2_000, 1).unwrap();
        let loud: Vec<f64> = noise[1].iter().map(|value| 5.0 * value).collect();
        let both = superior_predictive_ability(&[edge, loud], 1.0, 2_000, 1).unwrap();
        assert!(alone.consistent < 0.02 && both.consistent < 0.04, "{alone:?} {both:?}");
    }

    #[test]
    fn what_equals_the_benchmark_cannot_be_tested() {
        assert_eq!(superior_predictive_ability(&[vec![0.0; 50]], 5.0, 100, 1), None);
        assert_eq!(superior_predictive_ability(&[], 5.0, 100, 1), None);
    }

    #[test]
    fn bad_alternatives_hurt_only_the_upper_value() {
        let mut gains = columns(&noise_with_an_edge())[7..8].to_vec();
        let alone = superior_predictive_ability(&gains, 10.0, 2_000, 1).unwrap();
        gains.extend(columns(&noise())[..5].iter().map(|series| series.iter().map(|value| value - 1.0).collect()));
        let with_bad = superior_predictive_ability(&gains, 10.0, 2_000, 1).unwrap();
        assert_eq!(alone.consistent, with_bad.consistent);
        assert!(with_bad.upper >= with_bad.consistent);
    }
}
