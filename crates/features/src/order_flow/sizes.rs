//! Quantities that several features of order flow share.

use scaleout_market::{Aggressor, Level, Trade};

/// Quantity with the sign of the side that crossed; 0 where the side is not known.
pub(crate) fn signed_qty(trade: &Trade) -> f64 {
    trade.aggressor.map_or(0.0, Aggressor::sign) * trade.qty
}

/// Work that grows with the levels read of each book.
pub(super) const LEVELS_COST: &str = "O(levels) per book read";

/// The quantity on the best `levels` levels of one side.
pub(super) fn depth(side: &[Level], levels: usize) -> f64 {
    side.iter().take(levels).map(|level| level.qty).sum()
}

/// What the change of one level of the bid adds to buying pressure: the new quantity unless the price fell, less the
/// old one unless it rose. Asks come with the sign of their prices turned.
pub(super) fn pressure((old_price, old_qty): (f64, f64), (price, qty): (f64, f64)) -> f64 {
    (if old_price <= price { qty } else { 0.0 }) - (if price <= old_price { old_qty } else { 0.0 })
}
