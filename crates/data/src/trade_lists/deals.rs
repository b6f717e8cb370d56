//! What a format makes of a row.

use scaleout_market::Timestamp;

/// One fill.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deal {
    /// The row that it stands in; of JSON the number of the trade.
    pub(crate) row: u64,
    /// The position that it belongs to: the market, where the list says no more.
    pub(crate) position: String,
    pub(crate) symbol: Option<String>,
    /// What the list calls the trade.
    pub(crate) id: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) ts: Timestamp,
    pub(crate) price: f64,
    /// Bought if above 0, sold if below.
    pub(crate) qty: f64,
    pub(crate) effect: Effect,
    /// The protective stop of an entry.
    pub(crate) stop: Option<f64>,
    /// The price distance of 1 R, where a column has it.
    pub(crate) risk: Option<f64>,
}

/// What a fill does to its position, as far as the list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Opens,
    /// It opens, adds, closes or turns the position, whatever its direction does to what is open.
    Nets,
    Closes,
}

impl Deal {
    /// A fill that nets against what is open in its market.
    pub(crate) fn netting(row: u64, symbol: Option<String>, ts: Timestamp, price: f64, qty: f64) -> Self {
        Self {
            row,
            position: symbol.clone().unwrap_or_default(),
            symbol,
            id: None,
            tag: None,
            ts,
            price,
            qty,
            effect: Effect::Nets,
            stop: None,
            risk: None,
        }
    }

    /// The exit of this entry: `qty` units of it, 0 or more.
    pub(crate) fn exit(&self, ts: Timestamp, price: f64, qty: f64) -> Self {
        let qty = -self.qty.signum() * qty;
        Self { ts, price, qty, effect: Effect::Closes, stop: None, risk: None, ..self.clone() }
    }
}
