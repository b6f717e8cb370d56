//! Who trades against whom: features of trades, quotes and books, and what bars alone let one guess of them.

use crate::definition::Definition;

mod amihud;
mod book_flow_imbalance;
mod book_shape;
mod bulk_volume_imbalance;
mod cancellation_ratio;
mod cumulative_delta;
mod cumulative_delta_slope;
mod depth_imbalance;
mod depth_resilience;
mod effective_spread;
mod hasbrouck_lambda;
mod kyle_lambda;
mod large_trade_share;
mod micro_price;
mod order_flow_imbalance;
mod queue_imbalance;
mod quoted_spread;
mod range_spread;
mod relative_volume;
mod roll_spread;
mod same_side_run;
mod signed_volume_entropy;
mod signed_volume_imbalance;
pub(crate) mod sizes;
mod taker_imbalance;
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
    relative_volume::DEFINITIONS,
    roll_spread::DEFINITIONS,
    effective_spread::DEFINITIONS,
    same_side_run::DEFINITIONS,
    volume_profile::DEFINITIONS,
    signed_volume_entropy::DEFINITIONS,
    order_flow_imbalance::DEFINITIONS,
    book_flow_imbalance::DEFINITIONS,
    queue_imbalance::DEFINITIONS,
    micro_price::DEFINITIONS,
    quoted_spread::DEFINITIONS,
    depth_imbalance::DEFINITIONS,
    book_shape::DEFINITIONS,
    depth_resilience::DEFINITIONS,
    cancellation_ratio::DEFINITIONS,
    bulk_volume_imbalance::DEFINITIONS,
    range_spread::DEFINITIONS,
    taker_imbalance::DEFINITIONS,
];
