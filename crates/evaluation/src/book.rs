use std::collections::BTreeMap;

use scaleout_exits::TradeOutcome;

use crate::{Contestant, EvaluationConfig, timeline::Timeline};

/// The free-running view: one position per symbol at a time, a fixed share of the equity at risk in each, marked to
/// market; entries that come while the symbol is held are missed.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// Entries taken.
    pub taken: usize,
    /// Entries missed because the symbol was still held.
    pub missed: usize,
    /// Equity at the end of each trading day, in the currency of the capital.
    pub equity: Vec<f64>,
    /// Return of each trading day; −1 and then 0 once nothing is left.
    pub returns: Vec<f64>,
}

/// The book of `contestant`: 1 R is the configured share of the equity at the moment of the entry.
pub(crate) fn book(contestant: &Contestant, timeline: &Timeline, config: &EvaluationConfig) -> Book {
    let (taken, missed) = taken(&contestant.outcomes);
    // For each taken trade: the moment from which it counts, and its marks.
    let mut marks: Vec<(usize, usize, f64)> = Vec::new();
    for (trade, outcome) in taken.iter().enumerate() {
        marks.extend(timeline.marks(outcome).map(|(moment, net_r)| (moment, trade, net_r)));
    }
    marks.sort_by_key(|&(moment, trade, _)| (moment, trade));

    let mut equity = config.capital;
    let mut staked: Vec<Option<f64>> = vec![None; taken.len()];
    let (mut by_day, mut returns) = (Vec::with_capacity(timeline.days.len()), Vec::with_capacity(timeline.days.len()));
    let mut marks = marks.chunk_by(|a, b| a.0 == b.0).peekable();
    for &day in &timeline.days {
        let before = equity;
        while let Some(at_moment) = marks.next_if(|at_moment| timeline.moments[at_moment[0].0].utc_day() <= day) {
            let equity_before = equity;
            for &(_, trade, net_r) in at_moment {
                let stake = *staked[trade].get_or_insert(config.risk_per_trade_frac * equity_before);
                equity += stake * net_r;
            }
            equity = equity.max(0.0);
        }
        by_day.push(equity);
        returns.push(if before > 0.0 { equity / before - 1.0 } else { 0.0 });
    }
    Book { taken: taken.len(), missed, equity: by_day, returns }
}

/// Outcomes taken, in order of entry, and the number missed.
fn taken(outcomes: &[TradeOutcome]) -> (Vec<&TradeOutcome>, usize) {
    let mut in_order: Vec<&TradeOutcome> = outcomes.iter().collect();
    in_order.sort_by_key(|outcome| outcome.entry_ts);
    let mut free_from = BTreeMap::new();
    let taken: Vec<&TradeOutcome> = in_order
        .into_iter()
        .filter(|outcome| {
            let free = free_from.get(outcome.symbol.as_str()).is_none_or(|&free| free <= outcome.entry_ts);
            if free {
                free_from.insert(outcome.symbol.as_str(), outcome.exit_ts);
            }
            free
        })
        .collect();
    let missed = outcomes.len() - taken.len();
    (taken, missed)
}
