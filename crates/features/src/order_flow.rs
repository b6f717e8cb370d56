//! Who trades against whom: features of trades, quotes and books, and what bars alone let one guess of them.

use scaleout_market::{Aggressor, Level, Trade};

use crate::definition::Definition;

mod amihud;
mod cumulative_delta;
mod cumulative_delta_slope;
mod depth_imbalance;
mod effective_spread;
mod hasbrouck_lambda;
mod kyle_lambda;
mod large_trade_share;
mod queue_imbalance;
mod roll_spread;
mod same_side_run;
mod signed_volume_entropy;
mod signed_volume_imbalance;
mod trade_count_imbalance;
mod trade_intensity;
mod volume_profile;
mod vpin;

pub(crate) const DEFINITIONS: &[&[Definition]] = &[
    signed_volume_imbalance::DEFINITIONS,
    cumulative_delta::DEFINITIONS,
    cumulative_delta_slope::DEFINITIONS,
    trade_count_imbalance::DEFINITIONS,
    trade_intensity::DEFINITIONS,
    large_trade_share::DEFINITIONS,
    vpin::DEFINITIONS,
    kyle_lambda::DEFINITIONS,
    hasbrouck_lambda::DEFINITIONS,
    amihud::DEFINITIONS,
    roll_spread::DEFINITIONS,
    effective_spread::DEFINITIONS,
    same_side_run::DEFINITIONS,
    volume_profile::DEFINITIONS,
    signed_volume_entropy::DEFINITIONS,
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
