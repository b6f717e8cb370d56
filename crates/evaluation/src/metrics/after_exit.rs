use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// How far the price still went.
pub(super) const METRIC: Metric = Metric {
    name: "after_exit_r",
    unit: Unit::Fixed("R"),
    better: Better::Neither,
    definition: "Mean of the best price after the last exit until the horizon, beyond the price of that exit.",
    measure: Measure::Trades(after_exit),
};

fn after_exit(trades: &[TradeRow]) -> Option<f64> {
    let known: Vec<f64> = trades.iter().filter_map(|trade| trade.after_exit_r).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::trade;

    #[test]
    fn by_hand() {
        let with = |after_exit_r| TradeRow { after_exit_r, ..trade(1.0) };
        assert_eq!(after_exit(&[with(Some(0.5)), with(Some(0.0)), with(None)]), Some(0.25));
        assert_eq!(after_exit(&[with(None)]), None);
    }
}
