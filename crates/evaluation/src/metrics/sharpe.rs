use super::{Better, Measure, Metric, Unit};
use crate::stats::moments::sharpe;

/// Annualised Sharpe ratio of the book.
pub(super) const METRIC: Metric = Metric {
    name: "sharpe",
    unit: Unit::Fixed("ratio, annualised"),
    better: Better::More,
    definition: "Mean ÷ deviation of the book's daily returns × √(trading days per year).",
    measure: Measure::Annualised(|returns, days_per_year| Some(sharpe(returns)? * days_per_year.sqrt())),
};
