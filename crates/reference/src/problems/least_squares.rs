//! Ordinary least squares by the normal equations, with a ridge too small to matter where they are regular.

/// A fitted linear function of `TERMS` terms.
pub(super) struct LeastSquares<const TERMS: usize> {
    weights: [f64; TERMS],
}

const RIDGE: f64 = 1e-9;

impl<const TERMS: usize> LeastSquares<TERMS> {
    pub(super) fn fit(rows: &[[f64; TERMS]], targets: &[f64]) -> Self {
        let mut matrix = [[0.0; TERMS]; TERMS];
        let mut right = [0.0; TERMS];
        for (row, target) in rows.iter().zip(targets) {
            for i in 0..TERMS {
                right[i] += row[i] * target;
                for j in 0..=i {
                    matrix[i][j] += row[i] * row[j];
                }
            }
        }
        for (i, row) in matrix.iter_mut().enumerate() {
            row[i] += RIDGE * rows.len() as f64;
        }
        Self { weights: solve(matrix, right) }
    }

    pub(super) fn value(&self, row: &[f64; TERMS]) -> f64 {
        self.weights.iter().zip(row).map(|(weight, term)| weight * term).sum()
    }
}

/// Cholesky's way; only the lower triangle is read.
fn solve<const TERMS: usize>(mut matrix: [[f64; TERMS]; TERMS], mut right: [f64; TERMS]) -> [f64; TERMS] {
    for i in 0..TERMS {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            let rest = matrix[i][j] - inner;
            matrix[i][j] = if i == j { rest.max(f64::MIN_POSITIVE).sqrt() } else { rest / matrix[j][j] };
        }
        let inner: f64 = (0..i).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - inner) / matrix[i][i];
    }
    for i in (0..TERMS).rev() {
        let inner: f64 = (i + 1..TERMS).map(|k| matrix[k][i] * right[k]).sum();
        right[i] = (right[i] - inner) / matrix[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::LeastSquares;

    #[test]
    fn a_line_is_found() {
        let rows: Vec<[f64; 3]> = (0..20).map(|i| [1.0, f64::from(i), f64::from(i * i % 7)]).collect();
        let targets: Vec<f64> = rows.iter().map(|row| 2.0 - 0.5 * row[1] + 0.25 * row[2]).collect();
        let fit = LeastSquares::fit(&rows, &targets);
        // The ridge is felt at 1e-7.
        assert!((fit.value(&[1.0, 4.0, 2.0]) - 0.5).abs() < 1e-6);
    }
}
