use super::{Better, Measure, Metric, Unit};
use crate::trade_row::TradeRow;

/// Mean of the worst 5 % of trades.
pub(super) const METRIC: Metric = Metric {
    name: "cvar_5",
    unit: Unit::Fixed("R"),
    better: Better::More,
    definition: "Mean net R of the worst 5 % of trades (rounded up); undefined below 20 trades.",
    measure: Measure::Trades(cvar),
};

fn cvar(trades: &[TradeRow]) -> Option<f64> {
    if trades.len() < 20 {
        return None;
    }
    let worst = trades.len().div_ceil(20);
    let mut gains: Vec<f64> = trades.iter().map(|trade| trade.net_r).collect();
    gains.select_nth_unstable_by(worst - 1, f64::total_cmp);
    Some(gains[..worst].iter().sum::<f64>() / worst as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::of_trades;

    #[test]
    fn by_hand() {
        let gains: Vec<f64> = (0..40).map(|trade| f64::from((trade * 7) % 40) - 20.0).collect();
        assert_eq!(of_trades(METRIC, &gains), Some(-19.5), "the worst two of forty");
        assert_eq!(of_trades(METRIC, &gains[..19]), None);
    }
}
