use super::{Better, Measure, Metric, Unit, mean_of};

/// What is left of the best excursion.
pub(super) const METRIC: Metric = Metric {
    name: "give_back",
    unit: Unit::Fixed("R"),
    better: Better::Less,
    definition: "Mean of the best excursion of one unit while held minus the gross gain of the position.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.mfe_r - trade.gross_r)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        let back = of_trades(METRIC, &[1.0, -1.0]).unwrap();
        assert!((back - (0.4 + 1.4) / 2.0).abs() < 1e-12, "1.5 − 1.1 and .5 − (−.9)");
    }
}
