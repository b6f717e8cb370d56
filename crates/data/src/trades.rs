//! Trades in a table.

use std::path::Path;

use scaleout_market::Trade;

use crate::bad_rows::SkippedRows;
use crate::error::DataError;
use crate::formats::{Detected, Rows};
use crate::rows::{Accepts, RowChecks, RowConfig, Ties};
use crate::table::{Bytes, OpenTable};

/// The trades of a file in batches, oldest first: memory does not grow with the file.
///
/// Trades of one moment are allowed; a price must fit the configured domain, a quantity be above 0. The aggressor
/// is set where the file has a side column.
pub struct TradeBatches {
    table: OpenTable,
    detected: Option<Detected>,
    checks: RowChecks,
    accepts_price: Accepts,
}

/// Opens a CSV or Parquet file of trades.
///
/// ```no_run
/// use scaleout_data::{RowConfig, trade_batches};
/// let mut volume = 0.0;
/// for batch in trade_batches("trades.parquet".as_ref(), &RowConfig::default())? {
///     volume += batch?.iter().map(|trade| trade.qty).sum::<f64>();
/// }
/// # Ok::<(), scaleout_data::DataError>(())
/// ```
///
/// # Errors
/// If the file cannot be opened, or lacks a column.
pub fn trade_batches(path: &Path, config: &RowConfig) -> Result<TradeBatches, DataError> {
    TradeBatches::open(&Bytes::File(path.to_path_buf()), config)
}

impl TradeBatches {
    pub(crate) fn open(bytes: &Bytes, config: &RowConfig) -> Result<Self, DataError> {
        let (table, detected) = config.open_ticks(bytes, &config.columns.of_trades(), Rows::Trades)?;
        let checks = RowChecks::new(table.path().to_path_buf(), table.resolved(), Ties::Allowed, config.on_bad_rows);
        Ok(Self { table, detected, checks, accepts_price: Accepts::Price(config.price) })
    }

    /// Refuses trades before `previous`, the last one of an earlier file.
    pub(crate) fn continue_after(&mut self, previous: Option<scaleout_market::Timestamp>) {
        self.checks.continue_after(previous);
    }

    /// The rows left out so far.
    pub fn skipped(&self) -> &SkippedRows {
        self.checks.bad_rows.skipped()
    }

    /// The SHA-256 of what was read: of the whole file once the last batch was taken.
    pub fn sha256(&self) -> String {
        self.table.sha256()
    }

    /// What was told of the file, if it is an export.
    pub fn detected(&self) -> Option<&Detected> {
        self.detected.as_ref()
    }

    /// Whether the file says who crossed the spread.
    pub fn has_sides(&self) -> bool {
        self.table.resolved().side.is_some()
    }
}

impl Iterator for TradeBatches {
    type Item = Result<Vec<Trade>, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let accepts_price = self.accepts_price;
        let mut batch = match self.table.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error)),
        };
        let mut trades = Vec::with_capacity(batch.rows.len());
        let result = self.checks.each(&mut batch, |checks, batch, i| {
            let price = checks.number(batch, 0, i, accepts_price)?;
            let qty = checks.number(batch, 1, i, Accepts::AboveZero)?;
            let ts = batch.stamps[i].known_at();
            checks.in_order(batch.rows[i], ts)?;
            trades.push(Trade { ts, price, qty, aggressor: batch.sides.get(i).copied().flatten() });
            Ok(())
        });
        Some(result.map(|()| trades))
    }
}
