//! The standard normal law.

/// P(Z ≤ x), to double precision in both tails.
pub(crate) fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}
