use super::{Better, Measure, Metric, Unit, share};

/// Share of trades that the intrabar rule decided.
pub(super) const METRIC: Metric = Metric {
    name: "ambiguous_share",
    unit: Unit::Fixed("share"),
    better: Better::Less,
    definition: "Share of trades in which the bar does not show which order filled first, so the intrabar rule decided.",
    measure: Measure::Trades(|trades| share(trades, |trade| trade.is_ambiguous)),
};
