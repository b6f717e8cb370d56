//! Centre and scale of targets, so that outputs of any size are fitted alike.

/// Weighted mean and deviation of each column of `targets` (N, outputs).
pub(super) fn means_and_deviations(targets: &[f64], outputs: usize, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let total: f64 = weights.iter().sum();
    let moments = |output: usize| {
        let values = || targets.iter().skip(output).step_by(outputs).zip(weights);
        let mean = values().map(|(value, weight)| value * weight).sum::<f64>() / total;
        let square = values().map(|(value, weight)| weight * (value - mean).powi(2)).sum::<f64>() / total;
        // A constant target is fitted by its mean; any scale will do.
        (mean, if 0.0 < square { square.sqrt() } else { 1.0 })
    };
    (0..outputs).map(moments).unzip()
}
