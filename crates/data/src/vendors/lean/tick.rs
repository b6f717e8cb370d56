//! Columns of a quote: ms, bid, bid size, ask, ask size, exchange, condition, suspicious.
//! Columns of a trade: ms, price, size, exchange, condition, suspicious.

use scaleout_market::{Quote, Timestamp, Trade};

use super::clock::Part;
use super::rows::LeanRows;
use crate::bad_rows::BadRows;
use crate::error::DataError;
use crate::ticks::Ticks;

/// Adds the quotes of a day: the latest bid with the latest ask, once for all rows of a moment.
pub(crate) fn quotes(rows: &mut LeanRows<'_>, bad_rows: &mut BadRows, ticks: &mut Ticks) -> Result<(), DataError> {
    let mut best = Best::default();
    let mut before_session = None;
    let mut keep = |pending: Option<(Quote, Part)>, ticks: &mut Ticks| match pending {
        Some((quote, Part::Before)) => before_session = Some(quote),
        Some((quote, Part::In)) => {
            ticks.quotes.extend(before_session.take());
            ticks.quotes.push(quote);
        }
        Some((_, Part::After)) | None => {}
    };
    let mut pending: Option<(Quote, Part)> = None;
    while rows.advance()? {
        match best.update(rows) {
            Ok(Update::Suspicious) => ticks.suspicious += 1,
            Ok(Update::OneSided) => ticks.one_sided_quotes += 1,
            Ok(Update::Quote(quote, part)) => {
                if pending.is_some_and(|(earlier, _)| earlier.ts != quote.ts) {
                    keep(pending.take(), ticks);
                }
                pending = Some((quote, part));
            }
            Err(error) => bad_rows.meet(error)?,
        }
    }
    keep(pending, ticks);
    Ok(())
}

/// Adds the trades of a day.
pub(crate) fn trades(rows: &mut LeanRows<'_>, bad_rows: &mut BadRows, ticks: &mut Ticks) -> Result<(), DataError> {
    while rows.advance()? {
        if rows.flag(5) {
            ticks.suspicious += 1;
            continue;
        }
        match trade(rows) {
            Ok((trade, Part::In)) => ticks.trades.push(trade),
            Ok((_, Part::Before | Part::After)) => ticks.outside_session += 1,
            Err(error) => bad_rows.meet(error)?,
        }
    }
    Ok(())
}

fn trade(rows: &mut LeanRows<'_>) -> Result<(Trade, Part), DataError> {
    rows.at_least(3)?;
    let price = rows.price_needed(1, "price")?;
    let qty = rows.qty_above_zero(2, "size")?;
    let (ts, part) = rows.moment(0)?;
    Ok((Trade { ts, price, qty, aggressor: None }, part))
}

/// The national best as far as it is known.
#[derive(Default)]
struct Best {
    bid: Option<(f64, f64)>,
    ask: Option<(f64, f64)>,
}

enum Update {
    Suspicious,
    OneSided,
    Quote(Quote, Part),
}

impl Best {
    fn update(&mut self, rows: &mut LeanRows<'_>) -> Result<Update, DataError> {
        rows.at_least(5)?;
        if rows.flag(7) {
            return Ok(Update::Suspicious);
        }
        let side = |column: usize, price: &str, size: &str| -> Result<Option<(f64, f64)>, DataError> {
            rows.price(column, price)?.map(|price| Ok((price, rows.qty(column + 1, size)?))).transpose()
        };
        let (bid, ask) = (side(1, "bid", "bid size")?, side(3, "ask", "ask size")?);
        let (ts, part): (Timestamp, Part) = rows.moment(0)?;
        self.bid = bid.or(self.bid);
        self.ask = ask.or(self.ask);
        Ok(match (self.bid, self.ask) {
            (Some((bid, bid_qty)), Some((ask, ask_qty))) => {
                Update::Quote(Quote { ts, bid, bid_qty, ask, ask_qty }, part)
            }
            _ => Update::OneSided,
        })
    }
}
