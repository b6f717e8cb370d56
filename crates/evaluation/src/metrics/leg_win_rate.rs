use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// Share of sales with a net gain.
pub(super) const METRIC: Metric = Metric {
    name: "leg_win_rate",
    unit: Unit::Fixed("share"),
    better: Better::More,
    definition: "Share of legs with a net gain above 0. Optimistic for ladders, which sell winners in more legs than losers.",
    measure: Measure::Trades(leg_win_rate),
};

fn leg_win_rate(trades: &[TradeRow]) -> Option<f64> {
    let legs: u32 = trades.iter().map(|trade| trade.legs).sum();
    let won: u32 = trades.iter().map(|trade| trade.legs_won).sum();
    (legs > 0).then(|| f64::from(won) / f64::from(legs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::trade;

    #[test]
    fn by_hand() {
        let ladder_win = TradeRow { legs: 3, legs_won: 3, ..trade(1.0) };
        assert_eq!(leg_win_rate(&[ladder_win, trade(-1.0)]), Some(0.75));
    }
}
