//! The bar of an entry that filled inside it: only what came after the fill counts.

use std::borrow::Cow;

use scaleout_market::{Bar, Entry, Trade};

use crate::EntryBarRule;

/// Whether `entry` filled after `bar` had opened and before it closed.
pub(crate) fn is_inside(entry: &Entry, bar: &Bar) -> bool {
    bar.open_ts < entry.ts && entry.ts < bar.ts
}

/// The trades after the fill: those at its own moment came before it or are it.
pub(crate) fn after<'a>(entry: &Entry, trades: &'a [Trade]) -> &'a [Trade] {
    &trades[trades.partition_point(|trade| trade.ts <= entry.ts)..]
}

/// The finer bars that closed after the fill; the first of them may enclose it.
pub(crate) fn finer_after<'a>(entry: &Entry, finer: &'a [Bar]) -> &'a [Bar] {
    &finer[finer.partition_point(|bar| bar.ts <= entry.ts)..]
}

/// What a position saw of `bar`, in which its entry filled: the bar itself after an entry at its open.
///
/// After an entry inside the bar the open is the fill price. High and low are those of the `trades` after it, else those
/// of the `finer` bars after it, of which one that encloses the fill is itself seen as `rule` says, else what `rule`
/// takes them to be. Excursions are measured on the same bar.
pub fn seen<'a>(entry: &Entry, bar: &'a Bar, trades: &[Trade], finer: &[Bar], rule: EntryBarRule) -> Cow<'a, Bar> {
    if !is_inside(entry, bar) {
        return Cow::Borrowed(bar);
    }
    let close = bar.close;
    let mut seen =
        Bar { open_ts: entry.ts, open: entry.price, high: entry.price.max(close), low: entry.price.min(close), ..*bar };
    if !trades.is_empty() {
        let rest = after(entry, trades);
        seen.high = rest.iter().fold(seen.high, |high, trade| high.max(trade.price));
        seen.low = rest.iter().fold(seen.low, |low, trade| low.min(trade.price));
        seen.volume = rest.iter().map(|trade| trade.qty).sum();
        return Cow::Owned(seen);
    }
    let rest = finer_after(entry, finer);
    if !rest.is_empty() {
        for bar in rest {
            let bar = self::seen(entry, bar, &[], &[], rule);
            seen.high = seen.high.max(bar.high);
            seen.low = seen.low.min(bar.low);
        }
        seen.volume = rest.iter().map(|bar| bar.volume).sum();
        return Cow::Owned(seen);
    }
    let (losing, winning) = match rule {
        EntryBarRule::Conservative => (true, false),
        EntryBarRule::CloseOnly => (false, false),
        EntryBarRule::WholeBar => (true, true),
    };
    let is_long = entry.side.sign() > 0.0;
    if if is_long { losing } else { winning } {
        seen.low = seen.low.min(bar.low);
    }
    if if is_long { winning } else { losing } {
        seen.high = seen.high.max(bar.high);
    }
    Cow::Owned(seen)
}
