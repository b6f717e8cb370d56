use super::{Better, Measure, Metric, Unit};
use crate::{stats::moments::deviation, trade_row::TradeRow};

/// Deviation of J over trades.
pub(super) const OBJECTIVE: Metric = Metric {
    name: "deviation_objective",
    unit: Unit::Objective,
    better: Better::Less,
    definition: "Sample deviation of J over trades.",
    measure: Measure::Trades(|trades| of(trades, |trade| trade.objective)),
};

/// Deviation of the net gain over trades.
pub(super) const NET_R: Metric = Metric {
    name: "deviation_net_r",
    unit: Unit::Fixed("R"),
    better: Better::Less,
    definition: "Sample deviation of the net gain over trades.",
    measure: Measure::Trades(|trades| of(trades, |trade| trade.net_r)),
};

fn of(trades: &[TradeRow], figure: impl Fn(&TradeRow) -> f64) -> Option<f64> {
    deviation(&trades.iter().map(figure).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(NET_R, &[0.0, 2.0, 4.0]), Some(2.0));
        assert_eq!(of_trades(OBJECTIVE, &[1.0]), None);
    }
}
