/// Logarithmic returns from close to close.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogReturns {
    previous: Option<f64>,
}

impl LogReturns {
    /// The log return from the price before to `price`; `None` at the first and where either is ≤ 0.
    pub(crate) fn push(&mut self, price: f64) -> Option<f64> {
        let previous = self.previous.replace(price);
        previous.and_then(|previous| log_ratio(price, previous))
    }
}

/// ln(price ÷ base), if both are above 0; exact for small moves at large prices too.
pub(crate) fn log_ratio(price: f64, base: f64) -> Option<f64> {
    (price > 0.0 && base > 0.0).then(|| ((price - base) / base).ln_1p())
}

/// price ÷ base, if both are above 0: for numbers that are relative to a price.
pub(crate) fn positive_ratio(price: f64, base: f64) -> Option<f64> {
    (price > 0.0 && base > 0.0).then(|| price / base)
}
