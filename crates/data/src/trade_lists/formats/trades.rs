//! A plain list with one row a trade, or one row a part of it: rows with one `id` are parts of one position.

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::trade_lists::{Deal, Effect, ListColumn, ListFile, ListReader};

pub(super) struct Trades;

const ENTRY_TS: [&str; 6] = ["entry_ts", "entry_time", "open_time", "entry_date", "open_date", "entry time"];
const ENTRY_PRICE: [&str; 4] = ["entry_price", "open_price", "entry", "entry price"];
const EXIT_TS: [&str; 6] = ["exit_ts", "exit_time", "close_time", "exit_date", "close_date", "exit time"];
const EXIT_PRICE: [&str; 4] = ["exit_price", "close_price", "exit", "exit price"];
const SIDE: [&str; 3] = ["side", "direction", "type"];
const QTY: [&str; 4] = ["qty", "quantity", "size", "volume"];

impl TradeList for Trades {
    fn name(&self) -> &'static str {
        "trades"
    }

    fn about(&self) -> &'static str {
        "a plain CSV with one row a trade: entry_ts, side, entry_price, exit_ts, exit_price, qty"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        let has = |names: &[&str]| ListColumn::find(file.header(), names).is_some();
        has(&ENTRY_TS) && has(&ENTRY_PRICE) && has(&EXIT_TS)
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let header = file.header();
        let required = |what: &str, names: &[&str]| ListReader::required(file, header, what, names);
        let [entry_ts, exit_ts] = [required("entry_ts", &ENTRY_TS)?, required("exit_ts", &EXIT_TS)?];
        let [entry_price, exit_price] = [required("entry_price", &ENTRY_PRICE)?, required("exit_price", &EXIT_PRICE)?];
        let [side, qty] = [required("side", &SIDE)?, required("qty", &QTY)?];
        let [id, symbol] =
            [ListColumn::find(header, &["id", "trade_id"]), ListColumn::find(header, &["symbol", "market", "pair"])];
        let [stop, tag] =
            [ListColumn::find(header, &["stop", "stop_loss", "sl"]), ListColumn::find(header, &["tag", "tags"])];
        let risk = reader.risk_column(file, header)?.or_else(|| ListColumn::find(header, &["risk"]));
        let mut deals = Vec::new();
        for line in file.rows()? {
            let id = ListReader::text(line, id.as_ref());
            let entry = Deal {
                row: line.row,
                position: id.clone().unwrap_or_else(|| format!("row {:012}", line.row)),
                symbol: ListReader::text(line, symbol.as_ref()),
                id,
                tag: ListReader::text(line, tag.as_ref()),
                ts: reader.ts(line, &entry_ts)?,
                price: reader.price(line, &entry_price)?,
                qty: reader.sign(line, &side)? * reader.qty(line, &qty)?,
                effect: Effect::Opens,
                stop: reader.maybe(line, stop.as_ref())?,
                risk: reader.maybe(line, risk.as_ref())?,
            };
            if !exit_ts.of(line).is_empty() {
                let ts = reader.ts(line, &exit_ts)?;
                if ts < entry.ts {
                    return Err(reader.bad(line, &exit_ts, "before the entry", "a time at or after that of the entry"));
                }
                deals.push(entry.exit(ts, reader.price(line, &exit_price)?, entry.qty.abs()));
            }
            deals.push(entry);
        }
        Ok(deals)
    }
}
