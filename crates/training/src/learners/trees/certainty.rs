//! Certainty equivalents by boosting: trees under the loss of exponential utility.
//!
//! The certainty equivalent H of a gain Z has E[exp(−γ(Z − H))] = 1 and minimises E[exp(−γ(Z − H)) + γH] (the LINEX
//! loss of Zellner 1986, Journal of the American Statistical Association 81), which is convex. A step of each leaf to its
//! own certainty equivalent reaches the minimum from any distance and is bounded by the gains met there, where a step
//! along the gradient overshoots from above and creeps from below.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::learners::trees::{
    boosting::{MOST_TOGETHER, TreesFitting},
    grow::grow,
    histogram::ResidualRow,
};

/// Beyond this exponent one row would decide where a tree splits.
const MOST_EXPONENT: f64 = 4.0;

impl TreesFitting {
    /// Certainty equivalents of `values` (N × `outputs`, in R) given the features of each row, at the risk aversion
    /// `gamma` (above 0, per R); (N × `outputs`).
    pub(crate) fn certainty_equivalents(&self, values: &[f64], outputs: usize, gamma: f64) -> Vec<f64> {
        let mut found = vec![0.0; self.rows.binned.rows() * outputs];
        for first in (0..outputs).step_by(MOST_TOGETHER) {
            let width = (outputs - first).min(MOST_TOGETHER);
            let task = Task { values, outputs, first, gamma };
            match width {
                1 => self.certain::<1>(&task, width, &mut found),
                2 => self.certain::<2>(&task, width, &mut found),
                3..=4 => self.certain::<4>(&task, width, &mut found),
                5..=8 => self.certain::<8>(&task, width, &mut found),
                _ => self.certain::<MOST_TOGETHER>(&task, width, &mut found),
            }
        }
        match &self.rows.cells {
            Some(cells) => cells.spread(&found, outputs),
            None => found,
        }
    }

    fn certain<const M: usize>(&self, task: &Task<'_>, width: usize, found: &mut [f64]) {
        let places = self.places::<M>(task, width);
        let levels = match self.rows.binned.most_bins() {
            ..=64 => self.certain_binned::<M, 64>(&places, task.gamma),
            65..=128 => self.certain_binned::<M, 128>(&places, task.gamma),
            _ => self.certain_binned::<M, 256>(&places, task.gamma),
        };
        for (row, level) in found.chunks_exact_mut(task.outputs).zip(&levels) {
            row[task.first..task.first + width].copy_from_slice(&level[..width]);
        }
    }

    /// The rows, or cells of rows: under this loss a cell is a row at its certainty equivalent.
    fn places<const M: usize>(&self, task: &Task<'_>, width: usize) -> Vec<Place<M>> {
        let row = |row: usize| {
            let mut value = [0.0; M];
            value[..width].copy_from_slice(&task.values[row * task.outputs + task.first..][..width]);
            Place { value, weight: self.weights[row] }
        };
        let rows: Vec<Place<M>> = (0..self.weights.len()).map(row).collect();
        match &self.rows.cells {
            Some(cells) => certainty_of_groups(&rows, &cells.of_row, self.rows.binned.rows(), task.gamma),
            None => rows,
        }
    }

    fn certain_binned<const M: usize, const B: usize>(&self, places: &[Place<M>], gamma: f64) -> Vec<[f64; M]> {
        let level = certainty_of_groups(places, &vec![0; places.len()], 1, gamma)[0].value;
        let mut levels = vec![level; places.len()];
        let bounds = self.bounds();
        let mut rows = vec![ResidualRow::<M>::ZERO; places.len()];
        let mut scale = [0.0; M];
        for tree in 0..self.config.trees {
            rows.par_iter_mut().zip(places).zip(&levels).with_min_len(1024).for_each(|((row, place), level)| {
                row.weight = place.weight as f32;
                for ((residual, value), level) in row.residual.iter_mut().zip(&place.value).zip(level) {
                    let exponent = (-gamma * (value - level)).min(MOST_EXPONENT);
                    *residual = (place.weight * -exponent.exp_m1()) as f32;
                }
            });
            if tree == 0 {
                scale = deviations(&rows);
            }
            rows.par_iter_mut().with_min_len(1024).for_each(|row| {
                row.residual.iter_mut().zip(&scale).for_each(|(residual, scale)| *residual *= *scale as f32);
            });
            let (_, leaf_of_row) = grow::<M, B>(&self.rows.binned, &mut rows, bounds);
            let leaves = leaf_of_row.iter().max().map_or(0, |last| *last as usize + 1);
            let above: Vec<Place<M>> = places
                .par_iter()
                .zip(&levels)
                .map(|(place, level)| Place {
                    value: std::array::from_fn(|output| place.value[output] - level[output]),
                    weight: place.weight,
                })
                .collect();
            let steps = certainty_of_groups(&above, &leaf_of_row, leaves, gamma);
            levels.par_iter_mut().zip(&leaf_of_row).with_min_len(1024).for_each(|(level, &leaf)| {
                let Place { value, weight } = &steps[leaf as usize];
                // The ridge draws towards no step, as rows that stay where they are.
                let rate = self.config.learning_rate * weight / (weight + bounds.l2);
                level.iter_mut().zip(value).for_each(|(level, step)| *level += rate * step);
            });
        }
        levels
    }
}

/// Some outputs of the values.
struct Task<'a> {
    values: &'a [f64],
    outputs: usize,
    first: usize,
    gamma: f64,
}

/// A row or some rows together.
#[derive(Debug, Clone, Copy)]
struct Place<const M: usize> {
    value: [f64; M],
    weight: f64,
}

/// The weight of each of `count` groups and the certainty equivalents of its places; 0 for a group of no weight.
fn certainty_of_groups<const M: usize>(
    places: &[Place<M>],
    group_of: &[u32],
    count: usize,
    gamma: f64,
) -> Vec<Place<M>> {
    // Exponents are counted from the worst value, so that none overflows.
    let mut worst = vec![[f64::INFINITY; M]; count];
    let weighing = || places.iter().zip(group_of).filter(|(place, _)| 0.0 < place.weight);
    for (place, &group) in weighing() {
        for (worst, value) in worst[group as usize].iter_mut().zip(place.value) {
            *worst = worst.min(value);
        }
    }
    let mut sums = vec![Place { value: [0.0; M], weight: 0.0 }; count];
    for (place, &group) in weighing() {
        let (sum, worst) = (&mut sums[group as usize], &worst[group as usize]);
        sum.weight += place.weight;
        for ((sum, value), worst) in sum.value.iter_mut().zip(&place.value).zip(worst) {
            *sum += place.weight * (-gamma * (value - worst)).exp();
        }
    }
    for (sum, worst) in sums.iter_mut().zip(&worst).filter(|(sum, _)| 0.0 < sum.weight) {
        for (value, worst) in sum.value.iter_mut().zip(worst) {
            *value = worst - (*value / sum.weight).ln() / gamma;
        }
    }
    sums
}

/// One over the deviation of each residual per weight, so that all outputs have a say in the splits.
fn deviations<const M: usize>(rows: &[ResidualRow<M>]) -> [f64; M] {
    let (mut squares, mut weight) = ([0.0; M], 0.0);
    for row in rows.iter().filter(|row| 0.0 < row.weight) {
        weight += f64::from(row.weight);
        for (square, residual) in squares.iter_mut().zip(row.residual) {
            *square += f64::from(residual).powi(2) / f64::from(row.weight);
        }
    }
    squares.map(|square| if 0.0 < square { (weight / square).sqrt() } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learners::trees::config::TreesConfig;

    /// Gains of ±s have the certainty equivalent −ln cosh(γ s)/γ, however far from each other the rows are.
    #[test]
    fn each_side_gets_its_own_certainty_equivalent() {
        let rows = 4_000;
        let sizes = [0.5, 30.0];
        let features: Vec<f32> = (0..rows).map(|row| (row % 2) as f32).collect();
        let values: Vec<f64> = (0..rows)
            .flat_map(|row| {
                let gain = sizes[row % 2] * if row / 2 % 2 == 0 { 1.0 } else { -1.0 };
                [gain, 7.0]
            })
            .collect();
        let config = TreesConfig { trees: 40, learning_rate: 0.3, l2_share: 0.0, ..TreesConfig::default() };
        let fitting = TreesFitting::of_table(config, &features, 1, vec![1.0; rows]).unwrap();
        let found = fitting.certainty_equivalents(&values, 2, 2.0);
        for (row, found) in found.chunks_exact(2).enumerate() {
            let size: f64 = 2.0 * sizes[row % 2];
            // ln cosh x = |x| + ln(1 + exp(−2|x|)) − ln 2
            let expected = -(size + (-2.0 * size).exp().ln_1p() - 2.0_f64.ln()) / 2.0;
            assert!((found[0] - expected).abs() < 1e-4 * expected.abs(), "{} for {expected}", found[0]);
            assert!((found[1] - 7.0).abs() < 1e-9);
        }
    }
}
