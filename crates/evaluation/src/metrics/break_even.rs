use super::{Better, Measure, Metric, Unit, share};

/// Share of trades that became free.
pub(super) const METRIC: Metric = Metric {
    name: "break_even_share",
    unit: Unit::Fixed("share"),
    better: Better::More,
    definition: "Share of trades whose realised gains covered the initial risk of the rest (a \"free trade\").",
    measure: Measure::Trades(|trades| share(trades, |trade| trade.was_free)),
};
