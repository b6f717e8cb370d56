use super::{Better, Measure, Metric, Unit};

/// Sum of the net gains.
pub(super) const NET_R: Metric = Metric {
    name: "total_net_r",
    unit: Unit::Fixed("R"),
    better: Better::More,
    definition: "Sum of the net gains of all trades, with 1 R risked on each.",
    measure: Measure::Trades(|trades| (!trades.is_empty()).then(|| trades.iter().map(|trade| trade.net_r).sum())),
};
