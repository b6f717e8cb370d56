use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

const fn metric(name: &'static str, definition: &'static str, value: fn(&[TradeRow]) -> Option<f64>) -> Metric {
    Metric { name, unit: Unit::Fixed("share"), better: Better::Neither, definition, measure: Measure::Trades(value) }
}

/// Share of all trades with a first sale of choice.
pub(super) const ABSOLUTE_1: Metric =
    metric("rung_1_hit_rate", "Share of trades that sold a first part by a limit or at the market.", absolute::<1>);
/// Share of all trades with a second sale of choice.
pub(super) const ABSOLUTE_2: Metric =
    metric("rung_2_hit_rate", "Share of trades that sold a second part by a limit or at the market.", absolute::<2>);
/// Share of all trades with a third sale of choice.
pub(super) const ABSOLUTE_3: Metric =
    metric("rung_3_hit_rate", "Share of trades that sold a third part by a limit or at the market.", absolute::<3>);
/// Share of all trades with a fourth sale of choice.
pub(super) const ABSOLUTE_4: Metric =
    metric("rung_4_hit_rate", "Share of trades that sold a fourth part by a limit or at the market.", absolute::<4>);
/// Share of trades past the first rung that reached the second.
pub(super) const CONDITIONAL_2: Metric = metric(
    "rung_2_hit_rate_after_1",
    "Share of the trades past the first rung that reached the second.",
    conditional::<2>,
);
/// Share of trades past the second rung that reached the third.
pub(super) const CONDITIONAL_3: Metric = metric(
    "rung_3_hit_rate_after_2",
    "Share of the trades past the second rung that reached the third.",
    conditional::<3>,
);
/// Share of trades past the third rung that reached the fourth.
pub(super) const CONDITIONAL_4: Metric = metric(
    "rung_4_hit_rate_after_3",
    "Share of the trades past the third rung that reached the fourth.",
    conditional::<4>,
);

fn reached(trades: &[TradeRow], rung: u32) -> usize {
    trades.iter().filter(|trade| trade.rungs >= rung).count()
}

/// Undefined for a rung that no trade reached: most rules have no fourth rung, and 0 would say that it never filled.
fn absolute<const RUNG: u32>(trades: &[TradeRow]) -> Option<f64> {
    let hits = reached(trades, RUNG);
    (hits > 0).then(|| hits as f64 / trades.len() as f64)
}

fn conditional<const RUNG: u32>(trades: &[TradeRow]) -> Option<f64> {
    let (hits, before) = (reached(trades, RUNG), reached(trades, RUNG - 1));
    (hits > 0).then(|| hits as f64 / before as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::trade;

    #[test]
    fn by_hand() {
        let trades: Vec<TradeRow> = [0, 1, 2, 2, 3].iter().map(|&rungs| TradeRow { rungs, ..trade(1.0) }).collect();
        assert_eq!(absolute::<1>(&trades), Some(0.8));
        assert_eq!(absolute::<2>(&trades), Some(0.6));
        assert_eq!(conditional::<2>(&trades), Some(0.75));
        assert!((conditional::<3>(&trades).unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(absolute::<4>(&trades), None);
    }
}
