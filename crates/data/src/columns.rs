//! Which columns of a table are read, and the names they may have.

use serde::{Deserialize, Serialize};

use crate::table::{Further, Layout, Wanted};

/// The file's own names for the columns; what is not given is looked for under the usual names, whatever their case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// The names of all columns in their order, of a text whose first line is a row already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Vec<String>>,
    /// The time of day, where the column of the time holds dates alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_of_day: Option<String>,
    /// Time: `ts, timestamp, time, datetime, date`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    /// Open of a bar: `open, o`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// High of a bar: `high, h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// Low of a bar: `low, l`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// Close of a bar: `close, c`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<String>,
    /// Volume of a bar: `volume, vol, v`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Price of a trade: `price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// Quantity of a trade: `qty, quantity, size, volume, amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qty: Option<String>,
    /// Who crossed the spread, `buy` or `sell`: `side, aggressor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// The extra columns to read; without it all that hold numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub further: Option<Vec<String>>,
}

const TS: [&str; 5] = ["ts", "timestamp", "time", "datetime", "date"];

impl Columns {
    /// Numbers in the order open, high, low, close, volume.
    pub(crate) fn of_bars(&self) -> Layout {
        Layout {
            ts: Wanted::required("ts", self.ts.as_ref(), &TS),
            numbers: vec![
                Wanted::required("open", self.open.as_ref(), &["open", "o"]),
                Wanted::required("high", self.high.as_ref(), &["high", "h"]),
                Wanted::required("low", self.low.as_ref(), &["low", "l"]),
                Wanted::required("close", self.close.as_ref(), &["close", "c"]),
                Wanted::required("volume", self.volume.as_ref(), &["volume", "vol", "v"]),
            ],
            side: None,
            symbol: None,
            further: self.further.clone().map_or(Further::All, Further::Named),
        }
    }

    /// The same with the `column` that says whose row it is.
    pub(crate) fn of_bars_by_symbol(&self, column: &str) -> Layout {
        Layout { symbol: Some(Wanted::required("symbol", Some(&column.to_owned()), &[])), ..self.of_bars() }
    }

    /// Numbers in the order price, quantity.
    pub(crate) fn of_trades(&self) -> Layout {
        Layout {
            ts: Wanted::required("ts", self.ts.as_ref(), &TS),
            numbers: vec![
                Wanted::required("price", self.price.as_ref(), &["price"]),
                Wanted::required("qty", self.qty.as_ref(), &["qty", "quantity", "size", "volume", "amount"]),
            ],
            side: Some(Wanted::optional("side", self.side.as_ref(), &["side", "aggressor"])),
            symbol: None,
            further: Further::None,
        }
    }
}

/// The layout of a series that is joined to bars: a time and some numbers.
pub(crate) fn of_joined(ts: Option<&String>, columns: Option<&Vec<String>>) -> Layout {
    Layout {
        ts: Wanted::required("ts", ts, &TS),
        numbers: Vec::new(),
        side: None,
        symbol: None,
        further: columns.cloned().map_or(Further::All, Further::Named),
    }
}
