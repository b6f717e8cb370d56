use super::{Better, Measure, Metric, Unit, share};

/// Share of trades that the intrabar rule decided.
pub(super) const METRIC: Metric = Metric {
    name: "ambiguous_share",
    unit: Unit::Fixed("share"),
    better: Better::Less,
    definition: "Share of trades in which the intrabar rule, not the bar, decided which order filled first.",
    measure: Measure::Trades(|trades| share(trades, |trade| trade.is_ambiguous)),
};
