use super::{Better, Measure, Metric, Unit};

/// Deepest fall of the book.
pub(super) const METRIC: Metric = Metric {
    name: "book_max_drawdown",
    unit: Unit::Fixed("share of equity"),
    better: Better::Less,
    definition: "Deepest fall of the book's daily equity from a peak, as a share of the peak.",
    measure: Measure::Returns(book_drawdown),
};

pub(super) fn book_drawdown(returns: &[f64]) -> Option<f64> {
    let (mut equity, mut peak, mut deepest) = (1.0_f64, 1.0_f64, 0.0_f64);
    for day in returns {
        equity *= 1.0 + day;
        peak = peak.max(equity);
        deepest = deepest.max(1.0 - equity / peak);
    }
    (!returns.is_empty()).then_some(deepest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(book_drawdown(&[0.5, -0.5, 0.2, 1.0]), Some(0.5));
        assert_eq!(book_drawdown(&[0.1]), Some(0.0));
    }
}
