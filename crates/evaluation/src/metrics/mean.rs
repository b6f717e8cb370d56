use super::{Better, Measure, Metric, Unit, mean_of};

/// Mean J of a trade.
pub(super) const OBJECTIVE: Metric = Metric {
    name: "mean_objective",
    unit: Unit::Objective,
    better: Better::More,
    definition: "Mean J of a trade: gain minus the price of risk and the costs of the exit, or exponential utility.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.objective)),
};

/// Mean J as a certain gain.
pub(super) const CERTAINTY_EQUIVALENT: Metric = Metric {
    name: "certainty_equivalent_r",
    unit: Unit::Fixed("R"),
    better: Better::More,
    definition: "Certainty equivalent of mean J, in R. It equals mean J if J is in R.",
    measure: Measure::Valued(|trades, objective| {
        mean_of(trades, |trade| trade.objective).map(|mean| objective.certainty_equivalent_r(mean))
    }),
};

/// Mean net gain of a trade.
pub(super) const NET_R: Metric = Metric {
    name: "mean_net_r",
    unit: Unit::Fixed("R"),
    better: Better::More,
    definition: "Mean gain of a trade after all costs.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.net_r)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use scaleout_exits::Objective;

    use crate::metrics::tests::{of_trades, trade};

    #[test]
    fn by_hand() {
        assert_eq!(of_trades(NET_R, &[1.0, -1.0, 3.0]), Some(1.0));
        assert_eq!(of_trades(OBJECTIVE, &[2.0]), Some(2.0));
        let Measure::Valued(value) = CERTAINTY_EQUIVALENT.measure else { panic!("a figure of the objective") };
        let objective = Objective::exponential(2.0);
        let sure = trade(objective.utility_of(0.3));
        assert!((value(&[sure, sure], &objective).unwrap() - 0.3).abs() < 1e-12);
        assert_eq!(value(&[trade(1.0), trade(3.0)], &Objective::mean_variance(0.5)), Some(2.0));
    }
}
