//! How much of a Sharpe ratio is left once it is known how many were tried.

use std::f64::consts::E;

use crate::stats::distributions::{normal_cdf, normal_quantile};

const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;

/// A measured Sharpe ratio per period, and the shape of the returns it was measured on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasuredSharpe {
    /// Mean ÷ deviation, per period.
    pub sharpe: f64,
    /// Number of periods.
    pub periods: f64,
    /// Skew of the returns.
    pub skew: f64,
    /// Kurtosis of the returns; 3 for a normal.
    pub kurtosis: f64,
}

/// The Sharpe ratio per period that the best of `trials` worthless trials is expected to show, when the trials'
/// ratios scatter with `variance`; 0 for a single trial.
pub fn expected_best_sharpe(trials: f64, variance: f64) -> f64 {
    if trials <= 1.0 {
        return 0.0;
    }
    let likely = normal_quantile(1.0 - 1.0 / trials);
    let later = normal_quantile(1.0 - 1.0 / (trials * E));
    variance.sqrt() * ((1.0 - EULER_MASCHERONI) * likely + EULER_MASCHERONI * later)
}

/// The probability that the true Sharpe ratio is above what the best of `trials` worthless ones would show; `None`
/// where the moments do not allow it.
///
/// Source: Bailey & López de Prado (2014), "The deflated Sharpe ratio", *Journal of Portfolio Management* 40(5).
///
/// ```
/// use scaleout_evaluation::stats::deflated_sharpe::{MeasuredSharpe, deflated_sharpe};
/// // The paper's example: an annual ratio of 2.5 over five years of 250 days, variance of the trials 1/2 a year.
/// let measured = MeasuredSharpe { sharpe: 2.5 / 250f64.sqrt(), periods: 1250.0, skew: -3.0, kurtosis: 10.0 };
/// let probability = deflated_sharpe(measured, 100.0, 0.5 / 250.0).unwrap();
/// assert!((probability - 0.900397).abs() < 1e-6);
/// ```
pub fn deflated_sharpe(measured: MeasuredSharpe, trials: f64, variance_of_trials: f64) -> Option<f64> {
    let MeasuredSharpe { sharpe, periods, skew, kurtosis } = measured;
    let spread = 1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe * sharpe;
    let excess = sharpe - expected_best_sharpe(trials, variance_of_trials);
    (spread > 0.0 && periods > 1.0).then(|| normal_cdf(excess * (periods - 1.0).sqrt() / spread.sqrt()))
}

/// The variance of a measured Sharpe ratio per period whose periods have the first autocorrelation `rho`; `None` where
/// the moments do not allow it.
///
/// ```text
/// 1/T · (a − b · skew · SR + c · (kurtosis − 1)/4 · SR²)
/// a = (1 + ρ)/(1 − ρ),  b = 1 + ρ/(1 − ρ) + ρ²/(1 − ρ²),  c = (1 + ρ²)/(1 − ρ²)
/// ```
/// Without autocorrelation it is the variance of Mertens (2002) that the deflated ratio of Bailey & López de Prado uses.
/// Source: López de Prado, Lipton & Zoonekynd (2025), "How to use the Sharpe ratio", *ADIA Lab research paper*.
///
/// ```
/// use scaleout_evaluation::stats::deflated_sharpe::{MeasuredSharpe, sharpe_variance};
/// let normal = MeasuredSharpe { sharpe: 0.0, periods: 100.0, skew: 0.0, kurtosis: 3.0 };
/// assert!((sharpe_variance(normal, 0.0).unwrap() - 0.01).abs() < 1e-15);
/// assert!((sharpe_variance(normal, 0.5).unwrap() - 0.03).abs() < 1e-15);
/// ```
pub fn sharpe_variance(measured: MeasuredSharpe, rho: f64) -> Option<f64> {
    let MeasuredSharpe { sharpe, periods, skew, kurtosis } = measured;
    let square = rho * rho;
    let level = (1.0 + rho) / (1.0 - rho);
    let by_skew = 1.0 + rho / (1.0 - rho) + square / (1.0 - square);
    let by_kurtosis = (1.0 + square) / (1.0 - square);
    let spread = level - by_skew * skew * sharpe + by_kurtosis * (kurtosis - 1.0) / 4.0 * sharpe * sharpe;
    (spread > 0.0 && periods > 1.0).then(|| spread / periods)
}

/// The probability that the true Sharpe ratio is above what the best of `trials` worthless ones would show, where the
/// trials scatter as the estimator itself does: what is known of trials that left no returns behind.
///
/// `rho` is the first autocorrelation of the periods. `None` where the moments do not allow it.
pub fn deflated_by_estimator(measured: MeasuredSharpe, rho: f64, trials: f64) -> Option<f64> {
    let variance = sharpe_variance(measured, rho)?;
    let excess = measured.sharpe - expected_best_sharpe(trials, variance);
    Some(normal_cdf(excess / variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_with_46_trials() {
        let measured = MeasuredSharpe { sharpe: 2.5 / 250f64.sqrt(), periods: 1250.0, skew: -3.0, kurtosis: 10.0 };
        assert!((deflated_sharpe(measured, 46.0, 0.5 / 250.0).unwrap() - 0.950502).abs() < 1e-6);
        assert!(deflated_sharpe(measured, 1.0, 0.5 / 250.0).unwrap() > 0.99);
    }

    #[test]
    fn impossible_moments_are_none() {
        let measured = MeasuredSharpe { sharpe: 1.0, periods: 10.0, skew: 5.0, kurtosis: 1.0 };
        assert_eq!(deflated_sharpe(measured, 10.0, 0.1), None);
    }

    #[test]
    fn more_trials_and_more_autocorrelation_leave_less() {
        let measured = MeasuredSharpe { sharpe: 0.3, periods: 100.0, skew: 0.0, kurtosis: 3.0 };
        let left = |rho, trials| deflated_by_estimator(measured, rho, trials).unwrap();
        // One trial: Φ(SR · √T ÷ √(1 + SR²/2)).
        assert!((left(0.0, 1.0) - normal_cdf(3.0 / 1.045f64.sqrt())).abs() < 1e-12);
        assert!(left(0.0, 1.0) > 0.99 && left(0.0, 10.0) > left(0.0, 1_000.0) && left(0.0, 1_000.0) < 0.5);
        assert!(left(0.3, 10.0) < left(0.0, 10.0));
    }
}
