//! From the marginal values that a regressor predicts, K (H(k/K) − H((k−1)/K)), to hold values H(1/K) … H(1).

use serde::{Deserialize, Serialize};

/// What is known of H as a function of the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Concave: every cost is convex in the part sold.
    Concave,
    /// Anything: a fee for every order, spacing between sales or few lots break concavity.
    Free,
}

/// Hold values from marginal ones, in place, shape (N, tranches); a concave shape makes the marginals of each row
/// non-increasing first.
///
/// ```
/// use scaleout_model::{Shape, to_hold_values};
/// let mut values = [1.2, 0.8, 0.4, -0.4];
/// to_hold_values(&mut values, 4, Shape::Concave);
/// assert!((values[2] - 0.6).abs() < 1e-12 && (values[3] - 0.5).abs() < 1e-12);
/// ```
pub fn to_hold_values(marginals: &mut [f64], tranches: usize, shape: Shape) {
    for wait in marginals.chunks_exact_mut(tranches) {
        match shape {
            Shape::Concave => project_non_increasing(wait),
            Shape::Free => {}
        }
        let mut total = 0.0;
        for value in wait {
            total += *value / tranches as f64;
            *value = total;
        }
    }
}

/// The nearest non-increasing sequence in least squares (pool adjacent violators).
fn project_non_increasing(values: &mut [f64]) {
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(values.len());
    for &value in values.iter() {
        let mut pool = (value, 1);
        while let Some(&(before, size)) = pools.last()
            && before < pool.0
        {
            let joined = size + pool.1;
            pool = ((before * size as f64 + pool.0 * pool.1 as f64) / joined as f64, joined);
            pools.pop();
        }
        pools.push(pool);
    }
    let mut place = 0;
    for (mean, size) in pools {
        values[place..place + size].fill(mean);
        place += size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projection_pools_what_rises() {
        let mut values = vec![1.0, 3.0, 2.0, 0.0];
        project_non_increasing(&mut values);
        assert_eq!(values, vec![2.0, 2.0, 2.0, 0.0]);
    }
}
