//! Rows with the same number of bars to the horizon, in blocks, and their sums.

use ndarray::{ArrayView2, linalg::general_mat_mul};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_model::{Scaler, Term, expand_terms, place_in_time};

use crate::{learners::linear::time_basis::TimeBasis, rows::sample::RowSample};

/// Rows that one thread sums up at a time; fixed, so that the order of sums does not depend on the number of threads.
pub(crate) const BLOCK_ROWS: usize = 4096;

/// Some rows with the same number of bars to the horizon.
pub(crate) struct TimeBlock {
    pub knot: usize,
    pub share: f64,
    pub rows: Vec<usize>,
}

impl TimeBlock {
    /// The knots that the rows lie between, with the share of each.
    pub(crate) fn hats(&self) -> impl Iterator<Item = (usize, f64)> {
        let hats = [(self.knot, 1.0 - self.share), (self.knot + 1, self.share)];
        hats.into_iter().filter(|&(_, share)| 0.0 < share)
    }
}

/// The rows of `sample` by their number of bars to the horizon.
pub(crate) fn blocks(sample: &RowSample, time: &TimeBasis, horizon: u32) -> Vec<TimeBlock> {
    let mut by_bars = vec![Vec::new(); horizon as usize + 1];
    for (row, &bars) in sample.bars_to_horizon.iter().enumerate() {
        by_bars[bars as usize].push(row);
    }
    by_bars
        .iter()
        .enumerate()
        .flat_map(|(bars, rows)| {
            let (knot, share) = place_in_time(&time.knots, bars as f64);
            rows.chunks(BLOCK_ROWS).map(move |rows| TimeBlock { knot, share, rows: rows.to_vec() })
        })
        .collect()
}

/// The values of `terms` at the rows of `block`, shape (rows, terms).
pub(crate) fn expand(sample: &RowSample, scalers: &[Scaler], terms: &[Term], block: &TimeBlock) -> Vec<f64> {
    let mut scaled = vec![0.0; scalers.len()];
    let mut expanded = vec![0.0; block.rows.len() * terms.len()];
    for (&row, values) in block.rows.iter().zip(expanded.chunks_exact_mut(terms.len())) {
        expand_terms(scalers, terms, sample.row(row), &mut scaled, values);
    }
    expanded
}

/// Σ w x xᵀ over all rows in the basis of far coefficient and changes.
pub(crate) fn gram(
    sample: &RowSample,
    weights: &[f64],
    scalers: &[Scaler],
    terms: &[Term],
    time: &TimeBasis,
    blocks: &[TimeBlock],
) -> Vec<f64> {
    let (width, knots) = (terms.len(), time.knots.len());
    let columns = width * knots;
    let parts: Vec<Vec<f64>> = blocks
        .par_iter()
        .map(|block| {
            let mut expanded = expand(sample, scalers, terms, block);
            for (&row, values) in block.rows.iter().zip(expanded.chunks_exact_mut(width)) {
                let root = weights[row].sqrt();
                values.iter_mut().for_each(|value| *value *= root);
            }
            let mut product = ndarray::Array2::zeros((width, width));
            let expanded = view(&expanded, width);
            general_mat_mul(1.0, &expanded.t(), &expanded, 0.0, &mut product);
            product.into_raw_vec_and_offset().0
        })
        .collect();
    let mut hats = vec![0.0; columns * columns];
    for (block, part) in blocks.iter().zip(&parts) {
        for (knot, share) in block.hats() {
            for (other, other_share) in block.hats() {
                for (line, values) in part.chunks_exact(width).enumerate() {
                    let place = (knot * width + line) * columns + other * width;
                    for (sum, value) in hats[place..place + width].iter_mut().zip(values) {
                        *sum += share * other_share * value;
                    }
                }
            }
        }
    }
    accumulate_knots(&mut hats, width, knots);
    hats
}

/// From hats to changes, on both sides: sums of blocks over knots up to each.
fn accumulate_knots(matrix: &mut [f64], width: usize, knots: usize) {
    let columns = width * knots;
    for row in width..columns {
        for column in 0..columns {
            matrix[row * columns + column] += matrix[(row - width) * columns + column];
        }
    }
    for row in 0..columns {
        for column in width..columns {
            matrix[row * columns + column] += matrix[row * columns + column - width];
        }
    }
}

/// `values` as a matrix of rows of `width`.
pub(crate) fn view(values: &[f64], width: usize) -> ArrayView2<'_, f64> {
    ArrayView2::from_shape((values.len() / width, width), values)
        .expect("Invariant: rows of equal width fill their buffer")
}
