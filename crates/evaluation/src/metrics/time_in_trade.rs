use super::{Better, Measure, Metric, Unit, mean_of};

/// Mean bars in trade.
pub(super) const BARS: Metric = Metric {
    name: "bars_in_trade",
    unit: Unit::Fixed("bars"),
    better: Better::Neither,
    definition: "Mean number of bars in which some of the position was held.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.bars_held)),
};

/// Mean hours in trade.
pub(super) const HOURS: Metric = Metric {
    name: "hours_in_trade",
    unit: Unit::Fixed("hours"),
    better: Better::Neither,
    definition: "Mean calendar time from the entry to the last exit.",
    measure: Measure::Trades(|trades| mean_of(trades, |trade| trade.hours_held)),
};
