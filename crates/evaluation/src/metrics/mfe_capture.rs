use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// Share of the best excursion that was taken.
pub(super) const METRIC: Metric = Metric {
    name: "mfe_capture",
    unit: Unit::Fixed("share"),
    better: Better::More,
    definition: "Sum of gross gains ÷ sum of best excursions, over trades; negative if losses are larger.",
    measure: Measure::Trades(mfe_capture),
};

fn mfe_capture(trades: &[TradeRow]) -> Option<f64> {
    let best: f64 = trades.iter().map(|trade| trade.mfe_r).sum();
    (best > 0.0).then(|| trades.iter().map(|trade| trade.gross_r).sum::<f64>() / best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::trade;

    #[test]
    fn by_hand() {
        let half = TradeRow { gross_r: 1.0, mfe_r: 2.0, ..trade(1.0) };
        assert_eq!(mfe_capture(&[half]), Some(0.5));
        assert_eq!(mfe_capture(&[TradeRow { mfe_r: 0.0, ..half }]), None);
    }
}
