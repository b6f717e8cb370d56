//! What a metric says of itself, and what several share.

use scaleout_exits::{Objective, ObjectiveUnit};

use crate::{equity_path::EquityPath, trade_row::TradeRow};

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

/// The share of `trades` that fulfil `condition`; `None` without trades.
pub(super) fn share(trades: &[TradeRow], condition: impl Fn(&TradeRow) -> bool) -> Option<f64> {
    let fulfilled = trades.iter().filter(|trade| condition(trade)).count();
    (!trades.is_empty()).then(|| fulfilled as f64 / trades.len() as f64)
}

/// The mean of `figure` over `trades`; `None` without trades.
pub(super) fn mean_of(trades: &[TradeRow], figure: impl Fn(&TradeRow) -> f64) -> Option<f64> {
    (!trades.is_empty()).then(|| trades.iter().map(figure).sum::<f64>() / trades.len() as f64)
}
