//! Columns of a trade bar: ms of the open, open, high, low, close, volume.
//! Columns of a quote bar: ms of the open, bid open, high, low, close, bid size, ask open, high, low, close, ask size.

use scaleout_market::{Bar, Quote};

use super::clock::Part;
use super::rows::LeanRows;
use crate::bad_rows::BadRows;
use crate::error::DataError;
use crate::ticks::Ticks;

const MINUTE_MILLIS: i64 = 60_000;

/// Adds the minutes of a day as bars; a minute without trades has no row and makes no bar.
pub(crate) fn bars(rows: &mut LeanRows<'_>, bad_rows: &mut BadRows, bars: &mut Vec<Bar>) -> Result<(), DataError> {
    while rows.advance()? {
        match bar(rows) {
            Ok((bar, Part::In)) => bars.push(bar),
            Ok((_, Part::Before | Part::After)) => {}
            Err(error) => bad_rows.meet(error)?,
        }
    }
    Ok(())
}

/// Adds the quote at the end of every minute that has both sides.
pub(crate) fn quotes(rows: &mut LeanRows<'_>, bad_rows: &mut BadRows, ticks: &mut Ticks) -> Result<(), DataError> {
    while rows.advance()? {
        match quote(rows) {
            Ok((Some(quote), Part::In)) => ticks.quotes.push(quote),
            Ok((None, Part::In)) => ticks.one_sided_quotes += 1,
            Ok((_, Part::Before | Part::After)) => {}
            Err(error) => bad_rows.meet(error)?,
        }
    }
    Ok(())
}

fn bar(rows: &mut LeanRows<'_>) -> Result<(Bar, Part), DataError> {
    rows.at_least(6)?;
    let [open, high, low, close] =
        [(1, "open"), (2, "high"), (3, "low"), (4, "close")].map(|(column, name)| rows.price_needed(column, name));
    let (open, high, low, close) = (open?, high?, low?, close?);
    let volume = rows.qty(5, "volume")?;
    let (ts, part) = rows.moment(MINUTE_MILLIS)?;
    let bar = Bar { open_ts: ts.plus_nanos(-MINUTE_MILLIS * 1_000_000), ts, open, high, low, close, volume };
    let bar = bar.checked().map_err(|source| DataError::BadBar { path: rows.path(), row: rows.row(), source })?;
    Ok((bar, part))
}

fn quote(rows: &mut LeanRows<'_>) -> Result<(Option<Quote>, Part), DataError> {
    rows.at_least(11)?;
    let (bid, ask) = (rows.price(4, "bid close")?, rows.price(9, "ask close")?);
    let (bid_qty, ask_qty) = (rows.qty(5, "bid size")?, rows.qty(10, "ask size")?);
    let (ts, part) = rows.moment(MINUTE_MILLIS)?;
    Ok((bid.zip(ask).map(|(bid, ask)| Quote { ts, bid, bid_qty, ask, ask_qty }), part))
}
