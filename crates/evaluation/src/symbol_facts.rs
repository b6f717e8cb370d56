use scaleout_market::Timestamp;

/// The prices of a bar that figures need which look beyond the exit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BarPrices {
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
}

/// What evaluation must know of a symbol.
#[derive(Debug, Clone, PartialEq)]
pub struct SymbolFacts {
    /// Close of every bar of its history, in order: the time.
    pub bar_close: Vec<Timestamp>,
    /// High, low and closing price of every bar.
    pub prices: Vec<BarPrices>,
    /// Currency of the ledger.
    pub currency: String,
}
