//! How much each row counts where some targets are noisier than others.

use crate::{
    error::TrainingError,
    learners::trees::{boosting::fit_trees, config::TreesConfig},
    rows::sample::RowSample,
};

/// `weights` of the rows of `train`, each divided by how much `targets` scatter around `fitted` at rows like it; both
/// (N × outputs). Rows of weight 0 are left out.
///
/// Least squares is efficient only if all targets are equally noisy (Aitken 1936), but what is still to come scatters
/// with the price, the volatility and the bars left. The variance is itself a fit, of small trees to the logarithm of
/// the squared residuals, so that no row is weighed by its own luck.
pub(crate) fn weights_by_noise(
    train: &RowSample,
    weights: &[f64],
    targets: &[f64],
    fitted: &[f64],
    outputs: usize,
) -> Result<Vec<f64>, TrainingError> {
    // A row that never scatters would outweigh all others.
    const LEAST_SHARE: f64 = 1e-3;
    // Most that a weight is moved, as a logarithm.
    const REACH: f64 = 4.0;
    let counts = |row: &usize| 0.0 < weights[*row];
    let rows = (0..train.rows()).filter(counts).count().max(1) as f64;
    let mut square = vec![0.0; outputs];
    for row in (0..train.rows()).filter(counts) {
        let (targets, fitted) = (&targets[row * outputs..][..outputs], &fitted[row * outputs..][..outputs]);
        for ((square, target), fitted) in square.iter_mut().zip(targets).zip(fitted) {
            *square += (target - fitted).powi(2) / rows;
        }
    }
    let logarithms: Vec<f64> = targets
        .chunks_exact(outputs)
        .zip(fitted.chunks_exact(outputs))
        .map(|(targets, fitted)| {
            let each = targets.iter().zip(fitted).zip(&square).filter(|(_, square)| 0.0 < **square);
            let share: f64 = each.map(|((target, fitted), square)| (target - fitted).powi(2) / square).sum();
            (share / outputs as f64 + LEAST_SHARE).ln()
        })
        .collect();
    let trees = TreesConfig { trees: 30, learning_rate: 0.3, ..TreesConfig::default() };
    let fit = fit_trees(&trees, &train.features, train.width, &logarithms, 1, weights)?;
    let scatter = fit.predict(&train.features, train.width);
    let mean = (0..train.rows()).filter(counts).map(|row| scatter[row]).sum::<f64>() / rows;
    let weight = |(weight, scatter): (&f64, f64)| weight * (mean - scatter).clamp(-REACH, REACH).exp();
    Ok(weights.iter().zip(scatter).map(weight).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_scatters_three_times_as_far_counts_a_ninth() {
        let rows = 400;
        let is_noisy = |row: usize| row.is_multiple_of(4);
        let sample = RowSample {
            width: 1,
            time_feature: 0,
            market: 0,
            bars_before: 0,
            features: (0..rows).map(|row| if is_noisy(row) { 2.0 } else { 1.0 }).collect(),
            tree_rows: Default::default(),
            gain: vec![0.0; rows],
            variance: vec![0.0; rows],
            weights: vec![1.0; rows],
            bars_to_horizon: vec![1; rows],
            sale_cost: Vec::new(),
            trades: Vec::new(),
        };
        let sign = |row: usize| if (row / 4).is_multiple_of(2) { 1.0 } else { -1.0 };
        let targets: Vec<f64> = (0..rows).map(|row| sign(row) * if is_noisy(row) { 3.0 } else { 1.0 }).collect();
        let weights = weights_by_noise(&sample, &sample.weights, &targets, &vec![0.0; rows], 1).unwrap();
        assert!((weights[1] / weights[0] - 9.0).abs() < 0.2, "{} and {}", weights[1], weights[0]);
    }
}
