use super::{Better, Measure, Metric, Unit, mean_of};

/// What fees and carry take.
pub(super) const METRIC: Metric = Metric {
    name: "fee_drag",
    unit: Unit::Fixed("R"),
    better: Better::Less,
    definition: "Mean of gross minus net gain: fees of entry and exit, and carry.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.gross_r - trade.net_r)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert!((of_trades(METRIC, &[1.0, -1.0]).unwrap() - 0.1).abs() < 1e-12);
    }
}
