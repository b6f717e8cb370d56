use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// Mean win ÷ mean loss.
pub(super) const METRIC: Metric = Metric {
    name: "payoff",
    unit: Unit::Fixed("ratio"),
    better: Better::More,
    definition: "Mean net gain of winners ÷ mean net loss of losers; undefined without either.",
    measure: Measure::Trades(payoff),
};

fn payoff(trades: &[TradeRow]) -> Option<f64> {
    let mean_gain = |sign: f64| {
        let gains: f64 = trades.iter().map(|trade| (sign * trade.net_r).max(0.0)).sum();
        let count: u32 = trades.iter().map(|trade| u32::from(sign * trade.net_r > 0.0)).sum();
        (count > 0).then(|| gains / f64::from(count))
    };
    Some(mean_gain(1.0)? / mean_gain(-1.0)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(METRIC, &[3.0, 1.0, -1.0, 0.0]), Some(2.0));
        assert_eq!(of_trades(METRIC, &[3.0]), None);
    }
}
