//! One step of a trade under one intrabar rule: the bar, its trades or its finer bars become a walk.

use crate::{
    IntrabarRule,
    prepared::Prepared,
    walk::{Touch, Walk},
};
use scaleout_market::Bar;

/// Reused between steps, so that a bar allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct WalkScratch {
    /// What the orders met, in order.
    pub touches: Vec<Touch>,
    other: Vec<Touch>,
}

/// Walks `walk` through step `step`, which shows the position the bar `seen`, filling `scratch.touches`; returns
/// whether the rule, not the data, decided what was met inside.
pub(crate) fn walk_step(
    trade: &Prepared<'_>,
    step: usize,
    seen: &Bar,
    walk: &mut Walk<'_>,
    scratch: &mut WalkScratch,
) -> bool {
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
            return false;
        }
        if trade.config.latency_ms > 0.0 {
            // The tape is there and was silent.
            walk.open_at(sign * trade.mark(step), None, &mut scratch.touches);
            return false;
        }
        let finer = trade.market.history.finer_in(trade.first_bar + step);
        let after_entry = finer.partition_point(|bar| bar.open_ts < seen.open_ts);
        if after_entry < finer.len() {
            let mut decided = false;
            walk.open_at(sign * seen.open, None, &mut scratch.touches);
            for bar in &finer[after_entry..] {
                walk.open_at_if_held(sign * bar.open, &mut scratch.touches);
                decided |= walk_bar(trade, rule, bar, walk, scratch);
            }
            return decided;
        }
    }
    walk.open_at(sign * seen.open, None, &mut scratch.touches);
    let gaps = scratch.touches.len();
    let decided = walk_bar(trade, rule, seen, walk, scratch);
    let assumed = step == 0 && trade.entered_inside() && trade.market.history.trades.is_empty();
    decided || (assumed && gaps < scratch.touches.len())
}

/// Walks from the open of `bar` over its extremes to its close.
fn walk_bar(
    trade: &Prepared<'_>,
    rule: IntrabarRule,
    bar: &Bar,
    walk: &mut Walk<'_>,
    scratch: &mut WalkScratch,
) -> bool {
    if walk.held.is_zero() {
        return false;
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
    let Some(mut other) = other else { return false };
    scratch.other.clear();
    for point in path(!losing_first) {
        other.move_to(point, &mut scratch.other);
    }
    scratch.other[..] != scratch.touches[met_before..]
}
