//! What a model learned from, and which trades are therefore not new to it.

use std::collections::BTreeSet;

use scaleout_evaluation::Sample;
use scaleout_validation::Span;
use serde::{Deserialize, Serialize};

use crate::{Prepared, PreparedTrade};

/// The stretch of the market that a model or a card learned from: any price in it may have shaped what was learned,
/// whatever the costs, the entries or the horizon under which it is replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnedFrom {
    /// Digest of the data.
    pub data_sha256: String,
    /// Symbols traded.
    pub symbols: BTreeSet<String>,
    /// Fill of the first trade, in nanoseconds since 1970.
    pub from_ns: i64,
    /// When the last horizon had passed.
    pub to_ns: i64,
}

impl LearnedFrom {
    /// What a model that learned from all trades of `prepared` has seen.
    pub(crate) fn all_of(prepared: &Prepared) -> Self {
        let spans = || prepared.trades.iter().map(|trade| trade.span);
        let ends = |of: fn(Span) -> i64| spans().map(of);
        Self {
            data_sha256: prepared.market.sha256.clone(),
            symbols: prepared.trades.iter().map(|trade| trade.entry.symbol.clone()).collect(),
            from_ns: ends(|span| span.start().nanos()).min().unwrap_or(i64::MAX),
            to_ns: ends(|span| span.end().nanos()).max().unwrap_or(i64::MIN),
        }
    }

    /// Whether prices between the fill and the horizon of `trade` were learned from. Data with the same digest are the
    /// same market under whatever symbol.
    pub(crate) fn has_seen(&self, trade: &PreparedTrade, data_sha256: &str) -> bool {
        let same_market = self.symbols.contains(&trade.entry.symbol) || self.data_sha256 == data_sha256;
        let (start, end) = (trade.span.start().nanos(), trade.span.end().nanos());
        same_market && start < self.to_ns && self.from_ns < end
    }
}

/// The trades that a model which learned from `learned` may be judged on: those that are new to it; where there are
/// none, all of them, marked. A model that does not say what it learned from is judged on all, marked as unknown.
pub(crate) fn new_trades(learned: Option<&LearnedFrom>, prepared: &Prepared) -> (Vec<usize>, Sample) {
    let all = || (0..prepared.trades.len()).collect();
    let Some(learned) = learned else { return (all(), Sample::Unknown) };
    let sha256 = &prepared.market.sha256;
    let is_new = |&place: &usize| !learned.has_seen(&prepared.trades[place], sha256);
    let new: Vec<usize> = (0..prepared.trades.len()).filter(is_new).collect();
    if new.is_empty() { (all(), Sample::InSample) } else { (new, Sample::OutOfSample) }
}
