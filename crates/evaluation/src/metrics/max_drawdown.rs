use super::{Better, Measure, Metric, Unit};

/// Deepest fall of the cumulative net R.
pub(super) const METRIC: Metric = Metric {
    name: "max_drawdown_r",
    unit: Unit::Fixed("R"),
    better: Better::Less,
    definition: "Deepest fall of cumulative net R from a peak, marked at every bar, all entries taken with 1 R each.",
    measure: Measure::Equity(|path| Some(path.drawdown)),
};
