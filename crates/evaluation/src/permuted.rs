use std::collections::BTreeMap;

use scaleout_exits::{Objective, TradeOutcome};
use scaleout_market::Entry;

use crate::{
    SymbolFacts, TradeScores,
    metrics::{METRICS, Measure},
    trade_row::{TradeContext, TradeRow},
};

/// A model's fractions over time permuted among entries of the same fold, side and symbol, several times.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutedSchedules {
    /// Name of the model.
    pub of: String,
    /// Name of the contestant that stands for the draws in tables, if one does: its figures are means over all draws.
    pub contestant: Option<String>,
    /// Scores of each draw; 19 draws are the fewest that can reach p < .05.
    pub draws: Vec<TradeScores>,
    /// Mean over the draws of each metric of trades, in the order of [`METRICS`]; `None` where it is undefined in a
    /// draw or no metric of trades.
    pub means: Vec<Option<f64>>,
}

/// One draw of permuted schedules, as small as it can be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct PermutedDraw {
    scores: TradeScores,
    metrics: Vec<Option<f64>>,
}

impl PermutedDraw {
    /// What is kept of the `outcomes` of a draw on `entries`.
    pub fn new(
        of: &str,
        entries: &[Entry],
        outcomes: &[TradeOutcome],
        symbols: &BTreeMap<String, SymbolFacts>,
        horizon_bars: Option<usize>,
        objective: &Objective,
    ) -> Self {
        let rows: Vec<TradeRow> = outcomes
            .iter()
            .zip(entries)
            .map(|(outcome, entry)| TradeRow::new(outcome, entry, TradeContext::of(outcome, symbols, horizon_bars)))
            .collect();
        let value = |measure: Measure| match measure {
            Measure::Trades(value) => value(&rows),
            Measure::Valued(value) => value(&rows, objective),
            Measure::Equity(_) | Measure::Returns(_) | Measure::Annualised(_) => None,
        };
        let metrics = METRICS.iter().map(|metric| value(metric.measure).filter(|value| value.is_finite())).collect();
        Self { scores: TradeScores::new(of, outcomes), metrics }
    }
}

impl PermutedSchedules {
    /// All `draws` for the model `of`.
    pub fn new(of: impl Into<String>, contestant: Option<String>, draws: Vec<PermutedDraw>) -> Self {
        let count = draws.len() as f64;
        let mean = |metric: usize| {
            let values: Option<Vec<f64>> = draws.iter().map(|draw| draw.metrics[metric]).collect();
            values.filter(|values| !values.is_empty()).map(|values| values.iter().sum::<f64>() / count)
        };
        let means = (0..METRICS.len()).map(mean).collect();
        Self { of: of.into(), contestant, means, draws: draws.into_iter().map(|draw| draw.scores).collect() }
    }
}
