use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// Gains ÷ losses.
pub(super) const METRIC: Metric = Metric {
    name: "profit_factor",
    unit: Unit::Fixed("ratio"),
    better: Better::More,
    definition: "Sum of net gains ÷ sum of net losses; undefined without a loss.",
    measure: Measure::Trades(profit_factor),
};

fn profit_factor(trades: &[TradeRow]) -> Option<f64> {
    let gains: f64 = trades.iter().map(|trade| trade.net_r.max(0.0)).sum();
    let losses: f64 = trades.iter().map(|trade| (-trade.net_r).max(0.0)).sum();
    (losses > 0.0).then(|| gains / losses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(METRIC, &[3.0, -1.0, -1.0]), Some(1.5));
        assert_eq!(of_trades(METRIC, &[3.0]), None);
    }
}
