use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// Median J of a trade.
pub(super) const OBJECTIVE: Metric = Metric {
    name: "median_objective",
    unit: Unit::Objective,
    better: Better::More,
    definition: "Median J of a trade.",
    measure: Measure::Trades(|trades| median(trades, |trade| trade.objective)),
};

/// Median net gain of a trade.
pub(super) const NET_R: Metric = Metric {
    name: "median_net_r",
    unit: Unit::Fixed("R"),
    better: Better::More,
    definition: "Median gain of a trade after all costs.",
    measure: Measure::Trades(|trades| median(trades, |trade| trade.net_r)),
};

fn median(trades: &[TradeRow], figure: impl Fn(&TradeRow) -> f64) -> Option<f64> {
    let mut values: Vec<f64> = trades.iter().map(figure).collect();
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let is_even = values.len().is_multiple_of(2);
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = if is_even { below.iter().copied().max_by(f64::total_cmp)? } else { upper };
    Some(0.5 * (lower + upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(NET_R, &[5.0, -1.0, 3.0]), Some(3.0));
        assert_eq!(of_trades(OBJECTIVE, &[5.0, -1.0, 3.0, 2.0]), Some(2.5));
    }
}
