use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// Longest run of losing positions.
pub(super) const METRIC: Metric = Metric {
    name: "longest_losing_run",
    unit: Unit::Fixed("trades"),
    better: Better::Less,
    definition: "Largest number of consecutive positions, in order of entry, without a net gain.",
    measure: Measure::Trades(longest_losing_run),
};

fn longest_losing_run(trades: &[TradeRow]) -> Option<f64> {
    let (mut longest, mut run) = (0_u32, 0_u32);
    for trade in trades {
        run = if trade.net_r > 0.0 { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    (!trades.is_empty()).then_some(f64::from(longest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(METRIC, &[-1.0, 1.0, -1.0, 0.0, -2.0, 3.0, -1.0]), Some(3.0));
        assert_eq!(of_trades(METRIC, &[1.0]), Some(0.0));
    }
}
