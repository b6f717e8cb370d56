//! One step of a trade under one intrabar rule: the bar, its trades or its finer bars become a walk.

use scaleout_market::{Bar, Timestamp};

use crate::{
    IntrabarRule, entry_bar,
    prepared::PreparedReplay,
    walk::{Touch, Walk},
};

/// Reused between steps, so that a bar allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct WalkScratch {
    /// What the orders met, in order.
    pub touches: Vec<Touch>,
    other: Vec<Touch>,
}

/// Walks `walk` through step `step`, which shows the position the bar `seen`, filling `scratch.touches`.
pub(crate) fn walk_step(
    trade: &PreparedReplay<'_>,
    step: usize,
    seen: &Bar,
    walk: &mut Walk<'_>,
    scratch: &mut WalkScratch,
) {
    scratch.touches.clear();
    let sign = trade.sign;
    let rule = trade.config.intrabar;
    if rule == IntrabarRule::LowerTimeframe {
        let trades = trade.trades_of_step(step);
        if !trades.is_empty() {
            let open = if step == 0 { seen.open } else { trade.mark(step) };
            walk.open_at(sign * open, Some(trades[0].ts), &mut scratch.touches);
            for trade in trades {
                walk.trade_at(sign * trade.price, trade.ts, &mut scratch.touches);
            }
            return;
        }
        if trade.config.latency_ms > 0.0 {
            // The tape is there and was silent.
            walk.open_at(sign * trade.mark(step), None, &mut scratch.touches);
            return;
        }
        let finer = trade.finer_of_step(step);
        if !finer.is_empty() {
            walk.open_at(sign * seen.open, None, &mut scratch.touches);
            for bar in finer {
                let is_entered = step == 0 && entry_bar::is_inside(trade.entry, bar);
                let bar = entry_bar::seen(trade.entry, bar, &[], &[], trade.config.entry_bar);
                walk.open_at_if_held(sign * bar.open, &mut scratch.touches);
                walk_bar(trade, rule, &bar, walk, scratch, is_entered);
            }
            return;
        }
    }
    walk.open_at(sign * seen.open, None, &mut scratch.touches);
    let is_assumed = step == 0 && trade.entered_inside() && trade.market.history.trades.is_empty();
    walk_bar(trade, rule, seen, walk, scratch, is_assumed);
}

/// What of step `step` is known to come before `ts`: its open, and under `lower-timeframe` the trades or finer bars before.
pub(crate) fn walk_before(
    trade: &PreparedReplay<'_>,
    step: usize,
    seen: &Bar,
    ts: Timestamp,
    walk: &mut Walk<'_>,
    scratch: &mut WalkScratch,
) {
    let sign = trade.sign;
    scratch.touches.clear();
    if trade.config.intrabar != IntrabarRule::LowerTimeframe {
        walk.open_at(sign * seen.open, None, &mut scratch.touches);
        return;
    }
    let trades = trade.trades_of_step(step);
    if !trades.is_empty() {
        let open = if step == 0 { seen.open } else { trade.mark(step) };
        walk.open_at(sign * open, None, &mut scratch.touches);
        for trade in trades.iter().filter(|trade| trade.ts < ts) {
            walk.trade_at(sign * trade.price, trade.ts, &mut scratch.touches);
        }
        return;
    }
    walk.open_at(sign * seen.open, None, &mut scratch.touches);
    for bar in trade.finer_of_step(step).iter().filter(|bar| bar.ts <= ts) {
        let is_entered = step == 0 && entry_bar::is_inside(trade.entry, bar);
        let bar = entry_bar::seen(trade.entry, bar, &[], &[], trade.config.entry_bar);
        walk.open_at_if_held(sign * bar.open, &mut scratch.touches);
        walk_bar(trade, trade.config.intrabar, &bar, walk, scratch, is_entered);
    }
}

/// Walks from the open of `bar` over its extremes to its close. Fills are marked as the rule's where the other order of
/// the extremes does not give them too, and all of them where the bar itself `is_assumed`.
fn walk_bar(
    trade: &PreparedReplay<'_>,
    rule: IntrabarRule,
    bar: &Bar,
    walk: &mut Walk<'_>,
    scratch: &mut WalkScratch,
    is_assumed: bool,
) {
    if walk.held.is_zero() {
        return;
    }
    let sign = trade.sign;
    let (high, low, close) = (sign * bar.high, sign * bar.low, sign * bar.close);
    let (best, worst) = (high.max(low), high.min(low));
    let losing_first = rule.losing_extreme_first(bar, trade.entry.side);
    let path = |losing_first: bool| if losing_first { [worst, best, close] } else { [best, worst, close] };
    let other = walk.order_matters(worst, best).then(|| walk.clone());
    let met_before = scratch.touches.len();
    for point in path(losing_first) {
        walk.move_to(point, &mut scratch.touches);
    }
    scratch.other.clear();
    if let Some(mut other) = other {
        for point in path(!losing_first) {
            other.move_to(point, &mut scratch.other);
        }
        for touch in &mut scratch.touches[met_before..] {
            touch.by_rule = !scratch.other.iter().any(|other| touch.sells_as(other));
        }
    }
    if is_assumed {
        scratch.touches[met_before..].iter_mut().for_each(|touch| touch.by_rule = true);
    }
}
