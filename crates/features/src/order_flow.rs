//! Who trades against whom: features of trades, quotes and books, and what bars alone let one guess of them.

use scaleout_market::{Aggressor, Level, Trade};

use crate::definition::Definition;

mod cumulative_delta_slope;
mod depth_imbalance;
mod kyle_lambda;
mod queue_imbalance;
mod signed_volume_imbalance;
mod trade_intensity;
mod vpin;

pub(crate) const DEFINITIONS: &[&[Definition]] = &[
    signed_volume_imbalance::DEFINITIONS,
    cumulative_delta_slope::DEFINITIONS,
    trade_intensity::DEFINITIONS,
    vpin::DEFINITIONS,
    kyle_lambda::DEFINITIONS,
    queue_imbalance::DEFINITIONS,
    depth_imbalance::DEFINITIONS,
];

/// Quantity with the sign of the side that crossed; 0 where the side is not known.
fn signed_qty(trade: &Trade) -> f64 {
    trade.aggressor.map_or(0.0, Aggressor::sign) * trade.qty
}

/// Work that grows with the levels read of each book.
const LEVELS_COST: &str = "O(levels) per book read";

/// The quantity on the best `levels` levels of one side.
fn depth(side: &[Level], levels: usize) -> f64 {
    side.iter().take(levels).map(|level| level.qty).sum()
}
