use super::{Better, Measure, Metric, mean_of};

/// Mean J of a trade.
pub(super) const OBJECTIVE: Metric = Metric {
    name: "mean_objective",
    unit: "R",
    better: Better::More,
    definition: "Mean J of a trade: gain less the price of risk and the costs of the exit.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.objective)),
};

/// Mean net gain of a trade.
pub(super) const NET_R: Metric = Metric {
    name: "mean_net_r",
    unit: "R",
    better: Better::More,
    definition: "Mean gain of a trade after all costs.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.net_r)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(NET_R, &[1.0, -1.0, 3.0]), Some(1.0));
        assert_eq!(of_trades(OBJECTIVE, &[2.0]), Some(2.0));
    }
}
