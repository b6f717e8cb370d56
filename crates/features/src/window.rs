/// How far back a feature looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Window {
    /// The last closed bars.
    Bars(usize),
    /// The last trades.
    Trades(usize),
    /// The last trades that together reach this quantity.
    Volume(f64),
    /// The trades of the last seconds.
    Seconds(f64),
}
