use super::{solve::Cholesky, terms::Scaler};
use crate::data::Sample;

/// What a feature of pure noise exceeds once in a hundred times: the 99 % point of χ² with 6 degrees of freedom, two
/// squared t values for each of three targets.
const NOISE_SCORE: f64 = 16.81;

/// Steps ahead whose gains are summed, to find what moves slowly.
const AHEAD_STEPS: usize = 10;

/// `scalers` in falling order of what they say about the next gain, its variance and the gain of the next ten
/// steps: the squared t values of the feature and its square in a joint linear fit, the last over ten because
/// its windows overlap. Beyond the first `least`, those that say no more than noise would are left out.
pub(crate) fn ranked(scalers: Vec<Scaler>, sample: &Sample, least: usize) -> Vec<Scaler> {
    let columns = 2 * scalers.len() + 1;
    let targets = targets(sample);
    let mut gram = vec![0.0; columns * columns];
    let mut cross = vec![[0.0; 3]; columns];
    let mut squares = [0.0; 3];
    let mut values = vec![1.0; columns];
    for (row, targets) in targets.iter().enumerate() {
        let features = sample.row(row);
        for (place, scaler) in scalers.iter().enumerate() {
            let scaled = scaler.scaled(features[scaler.feature]);
            values[2 * place + 1] = scaled;
            values[2 * place + 2] = (scaled * scaled - 1.0) / std::f64::consts::SQRT_2;
        }
        for (line, value) in gram.chunks_exact_mut(columns).zip(&values) {
            for (sum, other) in line.iter_mut().zip(&values) {
                *sum += value * other;
            }
        }
        for (sums, value) in cross.iter_mut().zip(&values) {
            for (sum, target) in sums.iter_mut().zip(targets) {
                *sum += value * target;
            }
        }
        for (sum, target) in squares.iter_mut().zip(targets) {
            *sum += target * target;
        }
    }
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
        let right: Vec<f64> = cross.iter().map(|sums| sums[target]).collect();
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

/// The next gain, its variance and the gain of the next ten steps at each row, all less their means.
fn targets(sample: &Sample) -> Vec<[f64; 3]> {
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
