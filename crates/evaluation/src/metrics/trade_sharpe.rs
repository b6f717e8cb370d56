use super::{Better, Measure, Metric, Unit};
use crate::stats::moments::sharpe;

/// Mean ÷ deviation of the net gain over trades.
pub(super) const METRIC: Metric = Metric {
    name: "sharpe_per_trade",
    unit: Unit::Fixed("ratio"),
    better: Better::More,
    definition: "Mean net R of a trade ÷ its deviation over trades; not annualised.",
    measure: Measure::Trades(|trades| sharpe(&trades.iter().map(|trade| trade.net_r).collect::<Vec<_>>())),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(METRIC, &[0.0, 2.0, 4.0]), Some(1.0));
        assert_eq!(of_trades(METRIC, &[1.0, 1.0]), None, "no variation");
    }
}
