//! The row of a live decision.

use scaleout_exits::Decision;

use crate::rows::frame::EntryFrame;
use crate::rows::layout::{RowLayout, RowSource};

/// The market features at the bars before a decision that `layout` shows, the nearest first.
pub fn inputs_before(decision: &Decision<'_>, layout: &RowLayout) -> Vec<Vec<Option<f64>>> {
    (1..=layout.bars_before()).map_while(|bars| decision.history.back(bars)).collect()
}

/// What a decision's row is made from; `before` are the [`inputs_before`] it.
pub fn row_source<'a>(decision: &Decision<'a>, before: &'a [Vec<Option<f64>>]) -> RowSource<'a> {
    RowSource {
        inputs: decision.inputs,
        inputs_at_entry: decision.inputs_at_entry,
        inputs_before: before,
        entry: EntryFrame::of(decision.entry),
        path: decision.path,
        bars_to_horizon: decision.bars_to_horizon,
    }
}
