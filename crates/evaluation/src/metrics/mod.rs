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

use scaleout_exits::{Objective, ObjectiveUnit};

use crate::{equity::EquityPath, trade_row::TradeRow};

/// Which trades a metric is about: they never share a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Population {
    /// All entries, each alone.
    EveryEntry,
    /// What one account took, one position a symbol.
    AsTraded,
}

impl Measure {
    /// The trades that it is about.
    pub fn population(self) -> Population {
        match self {
            Self::Trades(_) | Self::Valued(_) | Self::Equity(_) => Population::EveryEntry,
            Self::Returns(_) | Self::Annualised(_) => Population::AsTraded,
        }
    }
}

/// What a metric is a function of.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// The trades, in order of entry.
    Trades(fn(&[TradeRow]) -> Option<f64>),
    /// The trades, and how they are valued.
    Valued(fn(&[TradeRow], &Objective) -> Option<f64>),
    /// The equity over time, all trades together.
    Equity(fn(&EquityPath) -> Option<f64>),
    /// The daily returns of the book.
    Returns(fn(&[f64]) -> Option<f64>),
    /// The daily returns of the book and the trading days in a year; withheld below 60 trading days.
    Annualised(fn(&[f64], f64) -> Option<f64>),
}

/// What a metric is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Always the same.
    Fixed(&'static str),
    /// What J is counted in.
    Objective,
}

impl Unit {
    /// Its name where J is counted in `objective`.
    pub fn name(self, objective: ObjectiveUnit) -> &'static str {
        match self {
            Self::Fixed(name) => name,
            Self::Objective => objective.name(),
        }
    }
}

/// Which way a metric is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    More,
    /// Less is better.
    Less,
    /// It describes and does not judge.
    Neither,
}

/// A figure that is worked out for every contestant.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Name in reports.
    pub name: &'static str,
    /// Unit of the value.
    pub unit: Unit,
    /// Which way is good.
    pub better: Better,
    /// What it is, in one sentence.
    pub definition: &'static str,
    /// How it is worked out.
    pub measure: Measure,
}

/// Fewest trading days for annualised figures: below them one lucky week is a Sharpe ratio of 10.
pub const FEWEST_DAYS: usize = 60;

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

/// The share of `trades` that fulfil `condition`; `None` without trades.
fn share(trades: &[TradeRow], condition: impl Fn(&TradeRow) -> bool) -> Option<f64> {
    let fulfilled = trades.iter().filter(|trade| condition(trade)).count();
    (!trades.is_empty()).then(|| fulfilled as f64 / trades.len() as f64)
}

/// The mean of `figure` over `trades`; `None` without trades.
fn mean_of(trades: &[TradeRow], figure: impl Fn(&TradeRow) -> f64) -> Option<f64> {
    (!trades.is_empty()).then(|| trades.iter().map(figure).sum::<f64>() / trades.len() as f64)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

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
                Measure::Equity(_) => None,
            };
            assert_eq!(value, None, "{}", metric.name);
        }
    }
}
