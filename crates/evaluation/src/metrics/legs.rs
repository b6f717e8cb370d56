use super::{Better, Measure, Metric, Unit, mean_of};

/// Sales per trade.
pub(super) const METRIC: Metric = Metric {
    name: "legs_per_trade",
    unit: Unit::Fixed("legs"),
    better: Better::Neither,
    definition: "Mean number of sales of a position, stop and horizon included.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| f64::from(trade.legs))),
};
