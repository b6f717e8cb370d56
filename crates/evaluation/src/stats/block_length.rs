//! How long blocks must be for a bootstrap to keep what depends on the past together.

/// Mean block lengths for bootstraps of the mean of a series that depends on its own past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockLength {
    /// For blocks of geometric length (stationary bootstrap), in observations; 1 or more.
    pub stationary: f64,
    /// For blocks of fixed length that wrap around (circular bootstrap), in observations; 1 or more.
    pub circular: f64,
}

/// The block lengths that minimise the error of the bootstrapped variance of the mean; `None` for a series too short
/// (below 8) or without variation.
///
/// Source: Politis & White (2004), "Automatic block-length selection for the dependent bootstrap", *Econometric
/// Reviews* 23(1), with the correction of Patton, Politis & White (2009), *Econometric Reviews* 28(4): a flat-top
/// window as wide as twice the last lag that stands out of the noise. Capped at min(3√n, n/3). Cost O(n^1.5).
pub fn politis_white(series: &[f64]) -> Option<BlockLength> {
    let n = series.len();
    if n < 8 {
        return None;
    }
    let centre = series.iter().sum::<f64>() / n as f64;
    let centred: Vec<f64> = series.iter().map(|value| value - centre).collect();
    let quiet_lags = (n as f64).log10().floor().max(5.0) as usize;
    let last_lag = ((n as f64).sqrt().ceil() as usize + quiet_lags).min(n - 2);
    let noise_bound = 2.0 * ((n as f64).log10() / n as f64).sqrt();

    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let mut autocovariance = Vec::with_capacity(last_lag + 1);
    let mut is_quiet = Vec::with_capacity(last_lag + 1);
    for lag in 0..=last_lag {
        let product = dot(&centred[lag..], &centred[..n - lag]);
        let scale = (dot(&centred[lag + 1..], &centred[lag + 1..])
            * dot(&centred[..n - lag - 1], &centred[..n - lag - 1]))
        .sqrt();
        if scale <= 0.0 {
            return None;
        }
        autocovariance.push(product / n as f64);
        is_quiet.push(product.abs() / scale < noise_bound);
    }
    let first_quiet = (quiet_lags..=last_lag).find(|&lag| is_quiet[lag - quiet_lags..lag].iter().all(|&quiet| quiet));
    let bandwidth = first_quiet.map_or(last_lag, |lag| 2 * (lag - quiet_lags).max(1)).min(last_lag);

    let (mut slope, mut long_run_variance) = (0.0, autocovariance[0]);
    for (lag, covariance) in autocovariance.iter().enumerate().take(bandwidth + 1).skip(1) {
        let share = lag as f64 / bandwidth as f64;
        let weight = if share <= 0.5 { 1.0 } else { 2.0 * (1.0 - share) };
        slope += 2.0 * weight * lag as f64 * covariance;
        long_run_variance += 2.0 * weight * covariance;
    }
    let most = (3.0 * (n as f64).sqrt()).min(n as f64 / 3.0).ceil();
    let length = |variance_factor: f64| {
        let ratio = 2.0 * slope * slope / (variance_factor * long_run_variance * long_run_variance);
        let raw = (ratio * n as f64).cbrt();
        if raw.is_finite() { raw.clamp(1.0, most) } else { most }
    };
    Some(BlockLength { stationary: length(2.0), circular: length(4.0 / 3.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_autoregression() {
        let series: Vec<f64> =
            include_str!("../../testdata/ar05.csv").split_whitespace().map(|text| text.parse().unwrap()).collect();
        let length = politis_white(&series).unwrap();
        assert!((length.stationary - 11.007792).abs() < 1e-6);
        assert!((length.circular - 12.600776).abs() < 1e-6);
    }

    #[test]
    fn nothing_to_go_by_is_none() {
        assert_eq!(politis_white(&[1.0; 50]), None);
        assert_eq!(politis_white(&[1.0, 2.0, 3.0]), None);
    }
}
