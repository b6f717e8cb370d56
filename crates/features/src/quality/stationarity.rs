use serde::{Deserialize, Serialize};

/// Outcome of the augmented Dickey–Fuller test with a constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StationarityTest {
    /// t-value of the level in the regression; the more negative, the more stationary.
    pub statistic: f64,
    /// Lagged differences in the regression.
    pub lags: usize,
    /// Rows of the regression.
    pub count: usize,
    /// Critical values at 1, 5 and 10 per cent (MacKinnon 2010, table 2, one variable with constant).
    pub critical: [f64; 3],
    /// Whether a unit root is rejected at 5 per cent.
    pub stationary: bool,
}

/// Response surfaces of MacKinnon (2010), Critical values for cointegration tests, N = 1, with constant.
const SURFACES: [[f64; 4]; 3] =
    [[-3.43035, -6.5393, -16.786, -79.433], [-2.86154, -2.8903, -4.234, -40.040], [-2.56677, -1.5384, -2.809, 0.0]];

/// The augmented Dickey–Fuller test of `values` with a constant and ⌊4 (T/100)^¼⌋ lagged differences.
///
/// Δx_t = a + b x_{t−1} + Σ c_i Δx_{t−i} + e; the statistic is b over its standard error (Said & Dickey 1984, Testing
/// for unit roots). `None` for fewer than 20 rows more than regressors, and for values that do not vary. Cost
/// O(T · lags²).
pub fn augmented_dickey_fuller(values: Vec<f64>) -> Option<StationarityTest> {
    let lags = (4.0 * (values.len() as f64 / 100.0).powf(0.25)).floor() as usize;
    let count = values.len().checked_sub(lags + 1)?;
    if count < lags + 22 {
        return None;
    }
    let differences: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Regressors, then the regressand; taking out means stands for the constant.
    let width = lags + 2;
    let mut columns: Vec<Vec<f64>> = Vec::with_capacity(width);
    columns.push(values[lags..values.len() - 1].to_vec());
    for lag in 1..=lags {
        columns.push(differences[lags - lag..differences.len() - lag].to_vec());
    }
    columns.push(differences[lags..].to_vec());
    for column in &mut columns {
        let mean = column.iter().sum::<f64>() / count as f64;
        let size = column.iter().map(|value| (value - mean).powi(2)).sum::<f64>().sqrt();
        if size <= 1e-12 * mean.abs() * (count as f64).sqrt() || size == 0.0 {
            return None;
        }
        // Of unit length, so that the equations are well scaled; a t-value does not depend on it.
        column.iter_mut().for_each(|value| *value = (*value - mean) / size);
    }
    let product = |a: usize, b: usize| columns[a].iter().zip(&columns[b]).map(|(x, y)| x * y).sum::<f64>();
    let mut equations: Vec<Vec<f64>> = (0..width).map(|a| (0..width).map(|b| product(a, b)).collect()).collect();
    // Gauss–Jordan over the lags first, then the level: what is left in the last two rows and columns is the partial
    // regression of the difference on the level.
    for pivot in 1..=lags {
        let scale = equations[pivot][pivot];
        if scale <= 1e-13 {
            return None;
        }
        let row = equations[pivot].clone();
        for (_, other) in equations.iter_mut().enumerate().filter(|(index, _)| *index == 0 || pivot < *index) {
            let factor = other[pivot] / scale;
            other.iter_mut().zip(&row).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    let last = width - 1;
    let (level, cross, left) = (equations[0][0], equations[0][last], equations[last][last]);
    if level <= 1e-13 {
        return None;
    }
    let residual = left - cross * cross / level;
    let freedom = (count - lags - 2) as f64;
    if residual <= 1e-15 {
        return None;
    }
    let statistic = cross / level / (residual / freedom / level).sqrt();
    let t = count as f64;
    let critical = SURFACES.map(|[a, b, c, d]| a + b / t + c / (t * t) + d / (t * t * t));
    Some(StationarityTest { statistic, lags, count, critical, stationary: statistic < critical[1] })
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::augmented_dickey_fuller;

    #[test]
    fn noise_is_stationary_and_its_sum_is_not() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let noise: Vec<f64> = (0..2_000).map(|_| rng.random_range(-1.0..1.0)).collect();
        let walk: Vec<f64> = noise.iter().scan(0.0, |sum, step| Some(std::mem::replace(sum, *sum + step))).collect();
        assert!(augmented_dickey_fuller(noise).unwrap().stationary);
        assert!(!augmented_dickey_fuller(walk).unwrap().stationary);
    }

    #[test]
    fn the_statistic_is_that_of_statsmodels() {
        // statsmodels 0.15: adfuller([i * i % 97 / 10 for i in range(200)], maxlag=4, autolag=None).
        let values: Vec<f64> = (0..200).map(|i| f64::from(i * i % 97) / 10.0).collect();
        let test = augmented_dickey_fuller(values).unwrap();
        assert_eq!((test.lags, test.count), (4, 195));
        assert!((test.statistic + 4.031_382_118_433_640_5).abs() < 1e-9, "{}", test.statistic);
        let critical = [-3.464_337_030_867, -2.876_478_799_036, -2.574_733_103_222];
        assert!(test.critical.iter().zip(critical).all(|(ours, theirs)| (ours - theirs).abs() < 1e-4), "{test:?}");
    }

    #[test]
    fn there_is_no_test_for_what_is_short_or_still() {
        assert_eq!(augmented_dickey_fuller(vec![1.0, 2.0, 1.0]), None);
        assert_eq!(augmented_dickey_fuller(vec![1.5; 500]), None);
    }
}
