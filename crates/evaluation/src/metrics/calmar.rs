use super::{Better, Measure, Metric, Unit, book_drawdown::book_drawdown};

/// Annualised growth ÷ drawdown of the book.
pub(super) const METRIC: Metric = Metric {
    name: "calmar",
    unit: Unit::Fixed("ratio, annualised"),
    better: Better::More,
    definition: "Annualised growth of the book ÷ its deepest fall from a peak.",
    measure: Measure::Annualised(calmar),
};

fn calmar(returns: &[f64], days_per_year: f64) -> Option<f64> {
    let deepest = book_drawdown(returns).filter(|&deepest| deepest > 0.0)?;
    let growth: f64 = returns.iter().map(|day| 1.0 + day).product();
    Some((growth.powf(days_per_year / returns.len() as f64) - 1.0) / deepest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let ratio = calmar(&[0.1, -0.5, 1.0], 3.0).unwrap();
        assert!((ratio - (1.1 * 0.5 * 2.0 - 1.0) / 0.5).abs() < 1e-12);
        assert_eq!(calmar(&[0.1], 252.0), None, "no drawdown");
    }
}
