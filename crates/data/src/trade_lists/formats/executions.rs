//! Plain executions: one row a fill, netted into positions market by market.

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::trade_lists::{Deal, ListColumn, ListFile, ListReader};

pub(super) struct Executions;

const TS: [&str; 6] = ["ts", "timestamp", "time", "datetime", "date", "executed_at"];
const QTY: [&str; 5] = ["qty", "quantity", "size", "volume", "amount"];

impl TradeList for Executions {
    fn name(&self) -> &'static str {
        "executions"
    }

    fn about(&self) -> &'static str {
        "a plain CSV with one row a fill: ts, side, price, qty"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        let wanted: [&[&str]; 4] = [&TS, &["side"], &["price"], &QTY];
        wanted.iter().all(|names| ListColumn::find(file.header(), names).is_some())
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let header = file.header();
        let required = |what: &str, names: &[&str]| ListReader::required(file, header, what, names);
        let [ts, side] = [required("ts", &TS)?, required("side", &["side"])?];
        let [price, qty] = [required("price", &["price"])?, required("qty", &QTY)?];
        let [symbol, position] =
            [ListColumn::find(header, &["symbol", "market", "pair"]), ListColumn::find(header, &["position"])];
        let [stop, tag] = [ListColumn::find(header, &["stop"]), ListColumn::find(header, &["tag", "tags"])];
        let risk = reader.risk_column(file, header)?;
        let mut deals = Vec::new();
        for line in file.rows()? {
            let symbol = ListReader::text(line, symbol.as_ref());
            let qty = reader.sign(line, &side)? * reader.qty(line, &qty)?;
            let deal = Deal::netting(line.row, symbol, reader.ts(line, &ts)?, reader.price(line, &price)?, qty);
            let id = ListReader::text(line, position.as_ref());
            deals.push(Deal {
                position: id.as_ref().map_or_else(|| deal.position.clone(), |id| format!("{} {id}", deal.position)),
                id,
                tag: ListReader::text(line, tag.as_ref()),
                stop: reader.maybe(line, stop.as_ref())?,
                risk: reader.maybe(line, risk.as_ref())?,
                ..deal
            });
        }
        Ok(deals)
    }
}
