use serde::Serialize;

use crate::Fraction;

/// A resting order to take a part of the position off at a price or better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitOrder {
    /// Limit price.
    pub price: f64,
    /// Part of the *initial* size.
    pub fraction: Fraction,
}

/// A resting order to take a part off once the price comes to a level against the position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StopOrder {
    /// Stop price.
    pub price: f64,
    /// Part of the *initial* size.
    pub fraction: Fraction,
    /// Index of the limit for the same part: what one of the two sells, the other cannot (OCO).
    pub limit: Option<usize>,
}

/// How far a stop stays behind the best price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrailBy {
    /// So many points of price.
    Points(f64),
    /// So many percent of the best price.
    Percent(f64),
}

/// A stop that follows the best price reached *inside* the bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrailOrder {
    /// How far behind.
    pub by: TrailBy,
    /// Price from which it follows; at once without one.
    pub from: Option<f64>,
}

/// What a policy wants done in the next bar; orders not repeated at the next close are withdrawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExitOrders {
    /// Price of the stop that covers whatever is left; `None` means no stop.
    pub stop: Option<f64>,
    /// Makes the stop a stop-limit: the points behind the stop at which its limit is. A stop that the market jumps over by more
    /// becomes a limit there, and sells once the price comes back. `None`, as a rule, sells at any price.
    pub stop_limit: Option<f64>,
    /// How the stop follows the price inside the bar; `None` keeps it where it is until the next close.
    pub trail: Option<TrailOrder>,
    /// Stops for parts, which lie before [`Self::stop`]; none as a rule.
    pub stops: Vec<StopOrder>,
    /// Resting limits.
    pub limits: Vec<LimitOrder>,
    /// Part of the initial size to sell at the next open.
    pub market: Fraction,
}
