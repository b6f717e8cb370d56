use crate::Fraction;

/// A resting order to take a part of the position off at a price or better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitOrder {
    /// Limit price.
    pub price: f64,
    /// Part of the *initial* size.
    pub fraction: Fraction,
}

/// What a policy wants done in the next bar; orders not repeated at the next close are withdrawn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExitOrders {
    /// Price of the stop that covers whatever is left; `None` means no stop.
    pub stop: Option<f64>,
    /// Distance in price by which the stop follows the best price reached *inside* the bar; `None` keeps the stop
    /// where it is until the next close.
    pub trail: Option<f64>,
    /// Resting limits.
    pub limits: Vec<LimitOrder>,
    /// Part of the initial size to sell at the next open.
    pub market: Fraction,
}
