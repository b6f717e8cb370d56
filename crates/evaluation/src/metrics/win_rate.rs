use super::{Better, Measure, Metric, Unit, share};

/// Share of positions with a net gain.
pub(super) const METRIC: Metric = Metric {
    name: "win_rate",
    unit: Unit::Fixed("share"),
    better: Better::More,
    definition: "Share of positions with a net gain above 0.",
    measure: Measure::Trades(|trades| share(trades, |trade| trade.net_r > 0.0)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(METRIC, &[3.0, -1.0, 0.0, 2.0]), Some(0.5));
    }
}
