//! One file per figure, each a plain function of a sample, so that the value and its bootstrap interval come from
//! one definition. Undefined is `None`: never NaN, 0 or −1.

mod after_exit;
mod ambiguous_share;
mod book_drawdown;
mod break_even;
mod calmar;
mod cvar;
mod deviation;
mod fee_drag;
mod give_back;
mod leg_win_rate;
mod legs;
mod losing_run;
mod max_drawdown;
mod mean;
mod median;
mod metric;
mod mfe_capture;
mod payoff;
mod profit_factor;
mod reversal;
mod rung_hits;
mod sharpe;
mod slippage_drag;
mod sortino;
mod time_in_trade;
mod total;
mod trade_sharpe;
mod win_rate;

pub use metric::{Better, FEWEST_DAYS, Measure, Metric, Population, Unit};
use metric::{mean_of, share};

/// All metrics, in the order of reports.
pub const METRICS: &[Metric] = &[
    mean::OBJECTIVE,
    mean::CERTAINTY_EQUIVALENT,
    mean::NET_R,
    median::OBJECTIVE,
    median::NET_R,
    deviation::OBJECTIVE,
    deviation::NET_R,
    total::NET_R,
    trade_sharpe::METRIC,
    cvar::METRIC,
    max_drawdown::METRIC,
    profit_factor::METRIC,
    win_rate::METRIC,
    leg_win_rate::METRIC,
    payoff::METRIC,
    losing_run::METRIC,
    time_in_trade::BARS,
    time_in_trade::HOURS,
    give_back::METRIC,
    mfe_capture::METRIC,
    fee_drag::METRIC,
    slippage_drag::METRIC,
    break_even::METRIC,
    legs::METRIC,
    ambiguous_share::METRIC,
    rung_hits::ABSOLUTE_1,
    rung_hits::ABSOLUTE_2,
    rung_hits::ABSOLUTE_3,
    rung_hits::ABSOLUTE_4,
    rung_hits::CONDITIONAL_2,
    rung_hits::CONDITIONAL_3,
    rung_hits::CONDITIONAL_4,
    reversal::REVERSAL,
    reversal::REGRET,
    after_exit::METRIC,
    sharpe::METRIC,
    sortino::METRIC,
    calmar::METRIC,
    book_drawdown::METRIC,
];

#[cfg(test)]
pub(crate) mod tests {
    use scaleout_exits::Objective;

    use super::*;
    use crate::{equity_path::EquityPath, trade_row::TradeRow};

    /// A trade with a net gain of `net_r` in one leg and nothing else remarkable.
    pub(crate) fn trade(net_r: f64) -> TradeRow {
        TradeRow {
            objective: net_r,
            net_r,
            gross_r: net_r + 0.1,
            slippage_r: 0.02,
            mfe_r: net_r.max(0.0) + 0.5,
            bars_held: 10.0,
            hours_held: 2.0,
            legs: 1,
            legs_won: u32::from(net_r > 0.0),
            rungs: u32::from(net_r > 0.0),
            was_free: false,
            is_ambiguous: false,
            after_exit_r: None,
            has_reversed: false,
            is_regretted: None,
        }
    }

    /// The metric `name` of trades with the given net R.
    pub(crate) fn of_trades(metric: Metric, net_r: &[f64]) -> Option<f64> {
        let Measure::Trades(value) = metric.measure else { panic!("a metric of trades") };
        value(&net_r.iter().map(|&net_r| trade(net_r)).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_unique_and_nothing_is_defined_without_data() {
        let mut names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), METRICS.len());
        for metric in METRICS {
            let value = match metric.measure {
                Measure::Trades(value) => value(&[]),
                Measure::Valued(value) => value(&[], &Objective::exponential(1.0)),
                Measure::Returns(value) => value(&[]),
                Measure::Annualised(value) => value(&[], 252.0),
                // A path on which nothing happened has a drawdown: none at all.
                Measure::Equity(value) => value(&EquityPath::FLAT).filter(|&drawdown| drawdown != 0.0),
            };
            assert_eq!(value, None, "{}", metric.name);
        }
    }
}
