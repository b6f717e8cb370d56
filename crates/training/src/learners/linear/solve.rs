//! Normal equations: ridge by Cholesky, elastic net by linfa on the compressed system.

use linfa::{Dataset, traits::Fit};
use linfa_elasticnet::ElasticNet;
use ndarray::{Array1, Array2, ShapeBuilder};

use crate::error::TrainingError;

/// A symmetric positive definite matrix as L Lᵀ, L row by row.
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors `matrix` (size × size); `None` if it is not positive definite.
    pub(crate) fn new(matrix: &[f64], size: usize) -> Option<Self> {
        let mut lower = matrix.to_vec();
        for row in 0..size {
            for column in 0..=row {
                let (before, from_row) = lower.split_at(row * size);
                let other = if column == row { from_row } else { &before[column * size..] };
                let dot: f64 = from_row[..column].iter().zip(&other[..column]).map(|(a, b)| a * b).sum();
                let rest = lower[row * size + column] - dot;
                lower[row * size + column] = if column == row {
                    if rest <= 0.0 || rest.is_nan() {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / lower[column * size + column]
                };
            }
            lower[row * size + row + 1..(row + 1) * size].fill(0.0);
        }
        Some(Self { size, lower })
    }

    /// L⁻¹ `right`, in place.
    pub(crate) fn forward(&self, right: &mut [f64]) {
        for row in 0..self.size {
            let line = &self.lower[row * self.size..][..row + 1];
            let dot: f64 = line[..row].iter().zip(&right[..row]).map(|(a, b)| a * b).sum();
            right[row] = (right[row] - dot) / line[row];
        }
    }

    /// The x with L Lᵀ x = `right`, in place.
    pub(crate) fn solve(&self, right: &mut [f64]) {
        self.forward(right);
        for row in (0..self.size).rev() {
            right[row] /= self.lower[row * self.size + row];
            let value = right[row];
            for (place, entry) in right[..row].iter_mut().zip(&self.lower[row * self.size..][..row]) {
                *place -= entry * value;
            }
        }
    }

    /// The diagonal of the inverse.
    pub(crate) fn inverse_diagonal(&self) -> Vec<f64> {
        (0..self.size)
            .map(|place| {
                let mut unit = vec![0.0; self.size];
                unit[place] = 1.0;
                self.forward(&mut unit);
                unit.iter().map(|value| value * value).sum()
            })
            .collect()
    }
}

/// Elastic net from normal equations: min ½ ‖z − Lᵀ w‖² + penalty (l1 ‖w‖₁ + ½ (1 − l1) ‖w‖²), where L Lᵀ is the
/// mean of x xᵀ and L z the mean of x y. Equal, up to a constant, to the fit on all rows, at the cost of as many
/// rows as there are columns; linfa takes no weights, and here they are already inside the means.
pub(crate) fn elastic_net(
    gram: &Cholesky,
    mean_xy: &[f64],
    penalty: f64,
    l1_ratio: f64,
) -> Result<Vec<f64>, TrainingError> {
    let size = gram.size;
    // linfa divides the squares by the number of rows, so each row is scaled up by its root.
    let scale = (size as f64).sqrt();
    let mut compressed = mean_xy.to_vec();
    gram.forward(&mut compressed);
    // linfa works column by column, so columns lie in one piece.
    let rows = Array2::from_shape_fn((size, size).f(), |(row, column)| gram.lower[column * size + row] * scale);
    let dataset = Dataset::new(rows, Array1::from_iter(compressed.iter().map(|value| value * scale)));
    let fitted = ElasticNet::params()
        .penalty(penalty)
        .l1_ratio(l1_ratio)
        .with_intercept(false)
        .tolerance(1e-4)
        .max_iterations(300)
        .fit(&dataset)
        .map_err(|error| TrainingError::Learner { learner: "linear", message: error.to_string() })?;
    Ok(fitted.hyperplane().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_system_checked_by_hand() {
        let cholesky = Cholesky::new(&[4.0, 2.0, 2.0, 3.0], 2).unwrap();
        let mut right = vec![8.0, 8.0];
        cholesky.solve(&mut right);
        assert!((right[0] - 1.0).abs() < 1e-12 && (right[1] - 2.0).abs() < 1e-12, "{right:?}");
        let inverse = cholesky.inverse_diagonal();
        assert!((inverse[0] - 0.375).abs() < 1e-12 && (inverse[1] - 0.5).abs() < 1e-12);
        assert!(Cholesky::new(&[1.0, 2.0, 2.0, 1.0], 2).is_none());
    }

    #[test]
    fn the_lasso_part_silences_a_weak_column() {
        let gram = Cholesky::new(&[1.0, 0.0, 0.0, 1.0], 2).unwrap();
        let fitted = elastic_net(&gram, &[1.0, 0.05], 0.1, 1.0).unwrap();
        assert!((fitted[0] - 0.9).abs() < 1e-6, "soft threshold by the penalty");
        assert_eq!(fitted[1], 0.0);
        let ridge = elastic_net(&gram, &[1.0, 0.05], 0.1, 0.0).unwrap();
        assert!((ridge[0] - 1.0 / 1.1).abs() < 1e-6);
    }
}
