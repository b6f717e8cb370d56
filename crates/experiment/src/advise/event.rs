use std::collections::BTreeMap;

use scaleout_market::{Aggressor, Side, Timestamp};
use serde::{Deserialize, Serialize};

/// One line that an adviser reads. Moments are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AdviceEvent {
    /// A bar closed.
    Bar {
        /// When it opened; the close of the bar before, if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open_ts: Option<String>,
        /// When it closed.
        ts: String,
        /// First price.
        open: f64,
        /// Highest price.
        high: f64,
        /// Lowest price.
        low: f64,
        /// Last price.
        close: f64,
        /// Quantity traded.
        volume: f64,
        /// Values of extra columns by name.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        columns: BTreeMap<String, f64>,
    },
    /// A trade of the market.
    Trade {
        /// When it was made.
        ts: String,
        /// Its price.
        price: f64,
        /// Its quantity.
        qty: f64,
        /// Who crossed the spread: `buy` or `sell`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        side: Option<Aggressor>,
    },
    /// A change of the best bid or offer.
    Quote {
        /// When it was made.
        ts: String,
        /// Best bid.
        bid: f64,
        /// Quantity at the bid.
        bid_qty: f64,
        /// Best offer.
        ask: f64,
        /// Quantity at the offer.
        ask_qty: f64,
    },
    /// A position was opened.
    Entry {
        /// Unique name of the position.
        id: String,
        /// When it filled.
        ts: String,
        /// Direction.
        side: Side,
        /// Price of the fill.
        price: f64,
        /// The protective stop, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stop: Option<f64>,
        /// The price distance of 1 R; the distance to the stop, if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        risk: Option<f64>,
        /// Initial quantity.
        qty: f64,
    },
    /// A part of a position was sold, by advice, at its stop or by hand.
    Fill {
        /// Name of the position.
        id: String,
        /// When it was sold.
        ts: String,
        /// Quantity sold.
        qty: f64,
    },
}

/// What is to be done about one position until the next close.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// Name of the position.
    pub id: String,
    /// The close or the fill at which this was decided.
    pub ts: String,
    /// Bars held.
    pub bars_held: u32,
    /// Share of the initial size that is held.
    pub remaining: f64,
    /// Share of the initial size to hold through the next bar.
    pub target: f64,
    /// Orders for the next bar.
    pub orders: AdviceOrders,
    /// H at 1/K … 1 in R; empty at the horizon, where everything goes.
    pub hold_values: Vec<f64>,
    /// Features outside the training range widened by a tenth.
    pub out_of_range: Vec<String>,
    /// Whether the moment lies after the contract's `valid_until`.
    pub is_expired: bool,
    /// The features whose replacement by the training median moves H most, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Reason>,
}

/// What to send to the market.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AdviceOrders {
    /// Quantity to sell at the next open.
    pub market_qty: f64,
    /// The stop for what is left.
    pub stop: Option<f64>,
}

/// A feature that matters for a decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// Its name.
    pub feature: String,
    /// Its value; `null` where it is missing.
    pub value: Option<f64>,
    /// By how much H at any fraction moves at most when the median takes its place, in R.
    pub moves_r: f64,
}

/// Whether advice says which features matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceDetail {
    /// Decisions alone.
    None,
    /// The three features that matter most.
    Why,
}

impl AdviceEvent {
    /// When it became known, as it was written.
    pub(crate) fn ts(&self) -> &str {
        match self {
            Self::Bar { ts, .. }
            | Self::Trade { ts, .. }
            | Self::Quote { ts, .. }
            | Self::Entry { ts, .. }
            | Self::Fill { ts, .. } => ts,
        }
    }
}

/// A moment in RFC 3339.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse_rfc3339(text).ok_or_else(|| format!("ts = `{text}`; accepted: RFC 3339, as 2024-05-01T14:30:00Z"))
}
