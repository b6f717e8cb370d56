//! Normal and Student distribution functions, from `libm`, so that every platform gives the same bytes.

use std::f64::consts::SQRT_2;

/// Φ(x): the share of a standard normal below `x`.
///
/// ```
/// use scaleout_evaluation::stats::distributions::normal_cdf;
/// assert!((normal_cdf(1.959963984540054) - 0.975).abs() < 1e-15);
/// ```
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / SQRT_2)
}

/// Φ⁻¹(p), for `p` strictly between 0 and 1; infinite at the ends.
///
/// By bisection on Φ: 200 halvings leave no bit undecided, and no table of coefficients is needed.
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    bisect(p, normal_cdf, 40.0)
}

/// The quantile at `p` of Student's t with `freedom` degrees of freedom (above 0).
pub fn student_quantile(p: f64, freedom: f64) -> f64 {
    bisect(p, |t| student_cdf(t, freedom), 1e6)
}

/// The share of Student's t with `freedom` degrees of freedom below `t`.
pub fn student_cdf(t: f64, freedom: f64) -> f64 {
    let tail = 0.5 * incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + t * t));
    if t > 0.0 { 1.0 - tail } else { tail }
}

fn bisect(p: f64, cdf: impl Fn(f64) -> f64, bound: f64) -> f64 {
    let (mut low, mut high) = (-bound, bound);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if cdf(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The regularised incomplete beta function I_x(a, b), by its continued fraction (modified Lentz).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front = (libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp() / a;
    let guarded = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut d = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let (mut c, mut fraction) = (1.0, d);
    for step in 1..500 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut last_factor = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / guarded(1.0 + coefficient * d);
            c = guarded(1.0 + coefficient / c);
            last_factor = d * c;
            fraction *= last_factor;
        }
        if (last_factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_invert_the_distributions() {
        for p in [1e-9, 0.001, 0.3, 0.5, 0.8, 0.999] {
            assert!((normal_cdf(normal_quantile(p)) - p).abs() < 1e-14);
            assert!((student_cdf(student_quantile(p, 7.0), 7.0) - p).abs() < 1e-12);
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    }

    #[test]
    fn tabled_quantiles_of_student() {
        // Any printed table: three decimals.
        for (freedom, tabled) in [(1.0, 12.706), (4.0, 2.776), (10.0, 2.228), (30.0, 2.042)] {
            assert!((student_quantile(0.975, freedom) - tabled).abs() < 5e-4);
        }
    }
}
