use super::{Better, Measure, Metric, Unit, mean_of};

/// What the way of filling takes.
pub(super) const METRIC: Metric = Metric {
    name: "slippage_drag",
    unit: Unit::Fixed("R"),
    better: Better::Less,
    definition: "Mean cost of spread, slippage and impact in the exits' fill prices.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.slippage_r)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(METRIC, &[1.0, -1.0]), Some(0.02));
    }
}
