//! Best bids and offers in a table.

use std::path::{Path, PathBuf};

use scaleout_market::Quote;
use serde::{Deserialize, Serialize};

use crate::columns::Columns;
use crate::error::DataError;
use crate::formats::{Detected, Rows, TableFormat};
use crate::rows::{Accepts, RowChecks, RowConfig, Ties};
use crate::table::{Bytes, Further, Layout, Wanted};
use crate::ticks::Ticks;
use crate::time::TimeConfig;

/// A file of best bids and offers beside a file of trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteConfig {
    /// The file.
    pub path: PathBuf,
    /// How it is stored: `csv`, `parquet`, the name of an export of quotes, or `auto`; without it the ending of its name
    /// tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<TableFormat>,
    /// The file's own names for the columns.
    #[serde(default)]
    pub columns: QuoteColumns,
    /// How its times are written.
    #[serde(default)]
    pub time: TimeConfig,
}

/// The file's own names for the columns of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuoteColumns {
    /// Time: `ts, timestamp, time, datetime, date`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    /// Best bid: `bid, bid_price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid: Option<String>,
    /// Quantity at the bid: `bid_qty, bid_size`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_qty: Option<String>,
    /// Best ask: `ask, ask_price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Quantity at the ask: `ask_qty, ask_size`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask_qty: Option<String>,
}

impl QuoteColumns {
    fn layout(&self) -> Layout {
        Layout {
            numbers: vec![
                Wanted::required("bid", self.bid.as_ref(), &["bid", "bid_price"]),
                Wanted::required("bid_qty", self.bid_qty.as_ref(), &["bid_qty", "bid_size"]),
                Wanted::required("ask", self.ask.as_ref(), &["ask", "ask_price"]),
                Wanted::required("ask_qty", self.ask_qty.as_ref(), &["ask_qty", "ask_size"]),
            ],
            side: None,
            symbol: None,
            further: Further::None,
            ..Columns { ts: self.ts.clone(), ..Columns::default() }.of_trades()
        }
    }
}

/// Adds the quotes of a file; price domain and policy for bad rows are those of the trades. Returns its digest; what
/// was told of an export is added to `detected`.
pub(crate) fn read_quotes(
    config: &QuoteConfig,
    base_dir: &Path,
    trades: &RowConfig,
    ticks: &mut Ticks,
    detected: &mut Vec<Detected>,
) -> Result<String, DataError> {
    let rows = RowConfig {
        format: config.format,
        columns: Columns::default(),
        time: config.time.clone(),
        price: trades.price,
        on_bad_rows: trades.on_bad_rows,
        ..RowConfig::default()
    };
    let bytes = Bytes::File(base_dir.join(&config.path));
    let (mut table, found) = rows.open_ticks(&bytes, &config.columns.layout(), Rows::Quotes)?;
    detected.extend(found);
    let mut checks = RowChecks::new(table.path().to_path_buf(), table.resolved(), Ties::Allowed, rows.on_bad_rows);
    let price = Accepts::Price(rows.price);
    for batch in table.by_ref() {
        checks.each(&mut batch?, |checks, batch, i| {
            let number = |column, accepts| checks.number(batch, column, i, accepts);
            let (bid, bid_qty) = (number(0, price)?, number(1, Accepts::AtLeastZero)?);
            let (ask, ask_qty) = (number(2, price)?, number(3, Accepts::AtLeastZero)?);
            let ts = batch.stamps[i].known_at();
            checks.in_order(batch.rows[i], ts)?;
            ticks.quotes.push(Quote { ts, bid, bid_qty, ask, ask_qty });
            Ok(())
        })?;
    }
    ticks.skipped.merge(checks.bad_rows.skipped());
    Ok(table.sha256())
}
