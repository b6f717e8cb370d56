//! Flex queries of Interactive Brokers as CSV, section Trades.

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::trade_lists::{Deal, Habits, ListColumn, ListFile, ListReader};

pub(super) struct IbFlex;

const TS: [&str; 2] = ["DateTime", "Date/Time"];
const PRICE: [&str; 2] = ["TradePrice", "Price"];

impl TradeList for IbFlex {
    fn name(&self) -> &'static str {
        "ib-flex"
    }

    fn about(&self) -> &'static str {
        "flex query of Interactive Brokers, section Trades, as CSV"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        let wanted: [&[&str]; 5] = [&TS, &PRICE, &["Buy/Sell"], &["Quantity"], &["Symbol"]];
        wanted.iter().all(|names| ListColumn::find(file.header(), names).is_some())
    }

    fn habits(&self) -> Habits {
        Habits { zone: "America/New_York", why: "the usual zone of a flex query", between_groups: &[','] }
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let header = file.header();
        let required = |what: &str, names: &[&str]| ListReader::required(file, header, what, names);
        let [symbol, side] = [required("Symbol", &["Symbol"])?, required("Buy/Sell", &["Buy/Sell"])?];
        let [ts, qty] = [required("DateTime", &TS)?, required("Quantity", &["Quantity"])?];
        let price = required("TradePrice", &PRICE)?;
        let detail = ListColumn::find(header, &["LevelOfDetail"]);
        let risk = reader.risk_column(file, header)?;
        // Where the query asks for orders and executions, the executions are the fills.
        let level = |line: &_| ListReader::text(line, detail.as_ref());
        let rows = file.rows()?;
        let has_executions = rows.iter().any(|line| level(line).as_deref() == Some("EXECUTION"));
        let (mut deals, mut others) = (Vec::new(), 0);
        for line in rows {
            let is_fill = match level(line).as_deref() {
                None => true,
                Some("EXECUTION") => true,
                Some("ORDER") => !has_executions,
                Some(_) => false,
            };
            if !is_fill {
                others += 1;
                continue;
            }
            let symbol = ListReader::text(line, Some(&symbol));
            let qty = reader.sign(line, &side)? * reader.signed_qty(line, &qty)?.abs();
            let deal = Deal::netting(line.row, symbol, reader.ts(line, &ts)?, reader.price(line, &price)?, qty);
            deals.push(Deal { risk: reader.maybe(line, risk.as_ref())?, ..deal });
        }
        reader.left_out(others, "other levels of detail repeat the fills");
        Ok(deals)
    }
}
