//! Which features tell most about the coming gains.

use ndarray::{Array2, aview2};
use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::ParallelSlice,
};
use scaleout_model::Scaler;

use crate::{
    learners::linear::{blocks::BLOCK_ROWS, solve::Cholesky},
    rows::sample::RowSample,
};

/// What a feature of pure noise exceeds once in a hundred times: the 99 % point of χ² with 6 degrees of freedom, two
/// squared t values for each of three targets.
const NOISE_SCORE: f64 = 16.81;

/// Steps ahead whose gains are summed, to find what moves slowly.
const AHEAD_STEPS: usize = 10;

/// `scalers` in falling order of what they say about the next gain, its variance and the gain of the next ten
/// steps: the squared t values of the feature and its square in a joint linear fit, the last over ten because
/// its windows overlap. Beyond the first `least`, those that say no more than noise would are left out.
pub(crate) fn ranked(scalers: Vec<Scaler>, sample: &RowSample, least: usize) -> Vec<Scaler> {
    let columns = 2 * scalers.len() + 1;
    let targets = targets(sample);
    let blocks = sample.features.par_chunks(BLOCK_ROWS * sample.width).zip(targets.par_chunks(BLOCK_ROWS));
    let parts: Vec<[Array2<f64>; 2]> =
        blocks.map(|(rows, targets)| products(&scalers, rows, sample.width, targets)).collect();
    let sum = |[gram, cross]: [Array2<f64>; 2], [more_gram, more_cross]: [Array2<f64>; 2]| {
        [gram + more_gram, cross + more_cross]
    };
    let Some([gram, cross]) = parts.into_iter().reduce(sum) else { return scalers };
    let mut gram = gram.into_raw_vec_and_offset().0;
    let squares: [f64; 3] = std::array::from_fn(|target| targets.iter().map(|row| row[target].powi(2)).sum());
    let rows = sample.rows() as f64;
    for place in 0..columns {
        gram[place * columns + place] += 1e-3 * rows;
    }
    let Some(cholesky) = Cholesky::new(&gram, columns) else {
        return scalers;
    };
    let inverse = cholesky.inverse_diagonal();
    let mut score = vec![0.0; scalers.len()];
    for (target, square) in squares.into_iter().enumerate() {
        let right = cross.column(target).to_vec();
        let mut fitted = right.clone();
        cholesky.solve(&mut fitted);
        let explained: f64 = fitted.iter().zip(&right).map(|(a, b)| a * b).sum();
        let noise = ((square - explained) / rows).max(square / rows * 1e-9).max(f64::MIN_POSITIVE);
        let overlap = if target == 2 { AHEAD_STEPS as f64 } else { 1.0 };
        for (place, score) in score.iter_mut().enumerate() {
            for column in [2 * place + 1, 2 * place + 2] {
                *score += fitted[column] * fitted[column] / (noise * inverse[column] * overlap);
            }
        }
    }
    let mut order: Vec<usize> = (0..scalers.len()).collect();
    order.sort_by(|&a, &b| score[b].total_cmp(&score[a]));
    let telling = order.iter().filter(|&&place| NOISE_SCORE < score[place]).count();
    order.into_iter().take(telling.max(least)).map(|place| scalers[place].clone()).collect()
}

/// XᵀX and XᵀY of some rows: X has 1, each scaled feature and its square, Y the targets.
fn products(scalers: &[Scaler], rows: &[f32], width: usize, targets: &[[f64; 3]]) -> [Array2<f64>; 2] {
    let mut features = Array2::ones((targets.len(), 2 * scalers.len() + 1));
    for (row, mut values) in rows.chunks_exact(width).zip(features.rows_mut()) {
        for (place, scaler) in scalers.iter().enumerate() {
            let scaled = scaler.scaled(row[scaler.feature]);
            values[2 * place + 1] = scaled;
            values[2 * place + 2] = (scaled * scaled - 1.0) / std::f64::consts::SQRT_2;
        }
    }
    [features.t().dot(&features), features.t().dot(&aview2(targets))]
}

/// The next gain, its variance and the gain of the next ten steps at each row, all less their means.
fn targets(sample: &RowSample) -> Vec<[f64; 3]> {
    let mut targets = vec![[0.0; 3]; sample.rows()];
    for trade in &sample.trades {
        let rows = trade.first_row..trade.first_row + trade.steps;
        for row in rows.clone() {
            let ahead = &sample.gain[row..(row + AHEAD_STEPS).min(rows.end)];
            targets[row] = [sample.gain[row], sample.variance[row], ahead.iter().sum()];
        }
    }
    for column in 0..3 {
        let mean = targets.iter().map(|row| row[column]).sum::<f64>() / targets.len().max(1) as f64;
        for row in &mut targets {
            row[column] -= mean;
        }
    }
    targets
}
