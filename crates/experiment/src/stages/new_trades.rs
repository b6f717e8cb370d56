//! Which trades are new to what was learned elsewhere.

use scaleout_evaluation::Sample;

use crate::{LearnedFrom, Prepared};

/// What a model that learned from all trades of `prepared` has seen.
pub(crate) fn learned_from_all(prepared: &Prepared) -> LearnedFrom {
    let spans = || prepared.trades.iter().map(|trade| trade.span);
    LearnedFrom {
        data_sha256: prepared.data_sha256.clone(),
        symbols: prepared.trades.iter().map(|trade| trade.entry.symbol.clone()).collect(),
        from_ns: spans().map(|span| span.start().nanos()).min().unwrap_or(i64::MAX),
        to_ns: spans().map(|span| span.end().nanos()).max().unwrap_or(i64::MIN),
    }
}

/// Whether prices between the fill and the horizon of the trade at `place` were learned from.
pub(crate) fn is_seen(learned: &LearnedFrom, prepared: &Prepared, place: usize) -> bool {
    let trade = &prepared.trades[place];
    let (start, end) = (trade.span.start().nanos(), trade.span.end().nanos());
    learned.has_seen(&trade.entry.symbol, &prepared.data_sha256, start, end)
}

/// The trades that a model which learned from `learned` may be judged on: those that are new to it; where there are
/// none, all of them, marked. A model that does not say what it learned from is judged on all, marked as unknown.
pub(crate) fn new_trades(learned: Option<&LearnedFrom>, prepared: &Prepared) -> (Vec<usize>, Sample) {
    let all = || (0..prepared.trades.len()).collect();
    let Some(learned) = learned else { return (all(), Sample::Unknown) };
    let new: Vec<usize> = (0..prepared.trades.len()).filter(|&place| !is_seen(learned, prepared, place)).collect();
    if new.is_empty() { (all(), Sample::InSample) } else { (new, Sample::OutOfSample) }
}
