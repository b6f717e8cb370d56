use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// First rung, then reversal.
pub(super) const REVERSAL: Metric = Metric {
    name: "reversal_after_rung_1",
    unit: Unit::Fixed("share"),
    better: Better::Less,
    definition: "Share of the trades past the first rung whose remainder was then sold at a loss.",
    measure: Measure::Trades(reversal),
};

/// Stopped at break-even, and the price then went on.
pub(super) const REGRET: Metric = Metric {
    name: "break_even_regret",
    unit: Unit::Fixed("share"),
    better: Better::Less,
    definition: "Share of the trades past the first rung whose remainder was stopped within .1 R of the entry price, and \
                 whose price then moved 1 R or more in favour before the horizon.",
    measure: Measure::Trades(regret),
};

fn reversal(trades: &[TradeRow]) -> Option<f64> {
    let past = trades.iter().filter(|trade| 0 < trade.rungs).count();
    let reversed = trades.iter().filter(|trade| trade.has_reversed).count();
    (0 < past).then(|| reversed as f64 / past as f64)
}

fn regret(trades: &[TradeRow]) -> Option<f64> {
    let known: Vec<bool> =
        trades.iter().filter(|trade| 0 < trade.rungs).filter_map(|trade| trade.is_regretted).collect();
    let regretted = known.iter().filter(|&&is_regretted| is_regretted).count();
    (!known.is_empty()).then(|| regretted as f64 / known.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::trade;

    #[test]
    fn by_hand() {
        let with = |rungs, has_reversed, is_regretted| TradeRow { rungs, has_reversed, is_regretted, ..trade(1.0) };
        let trades =
            [with(0, false, Some(false)), with(1, true, Some(true)), with(2, true, Some(false)), with(2, false, None)];
        assert_eq!((reversal(&trades), regret(&trades)), (Some(2.0 / 3.0), Some(0.5)));
        assert_eq!((reversal(&trades[..1]), regret(&trades[..1])), (None, None), "no trade got past a rung");
    }
}
