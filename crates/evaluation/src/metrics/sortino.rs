use super::{Better, Measure, Metric, Unit};
use crate::stats::moments::mean;

/// Annualised Sortino ratio of the book.
pub(super) const METRIC: Metric = Metric {
    name: "sortino",
    unit: Unit::Fixed("ratio, annualised"),
    better: Better::More,
    definition: "Mean ÷ root mean square of the negative part of the book's daily returns × √(trading days per year).",
    measure: Measure::Annualised(sortino),
};

fn sortino(returns: &[f64], days_per_year: f64) -> Option<f64> {
    let downside = (returns.iter().map(|day| day.min(0.0).powi(2)).sum::<f64>() / returns.len() as f64).sqrt();
    (downside > 0.0).then_some(mean(returns)? / downside * days_per_year.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let ratio = sortino(&[0.03, -0.01, 0.01, -0.01], 4.0).unwrap();
        assert!((ratio - 0.005 / (0.00005f64).sqrt() * 2.0).abs() < 1e-12);
        assert_eq!(sortino(&[0.01, 0.02], 252.0), None, "no losing day");
    }
}
