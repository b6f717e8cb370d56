//! The list of trades of TradingView's strategy tester: an entry row and an exit row under one number. A partial exit is
//! a trade of its own with the same entry.

use std::collections::BTreeMap;

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::trade_lists::{Deal, Effect, Habits, Line, ListColumn, ListFile, ListReader};

pub(super) struct TradingView;

const NUMBER: [&str; 2] = ["Trade #", "Trade number"];
const TS: [&str; 2] = ["Date/Time", "Date and time"];
const QTY: [&str; 4] = ["Contracts", "Quantity", "Position size (qty)", "Size (qty)"];

impl TradeList for TradingView {
    fn name(&self) -> &'static str {
        "tradingview"
    }

    fn about(&self) -> &'static str {
        "list of trades of TradingView's strategy tester, as CSV"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        let wanted: [&[&str]; 4] = [&NUMBER, &["Type"], &TS, &QTY];
        wanted.iter().all(|names| ListColumn::find(file.header(), names).is_some())
    }

    fn habits(&self) -> Habits {
        Habits { why: "TradingView writes the chart's zone and does not say which", ..Habits::USUAL }
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let header = file.header();
        let required = |what: &str, names: &[&str]| ListReader::required(file, header, what, names);
        let [number, kind] = [required("Trade #", &NUMBER)?, required("Type", &["Type"])?];
        let [ts, qty] = [required("Date/Time", &TS)?, required("Contracts", &QTY)?];
        let price = ListColumn::beginning(header, &["Price"]);
        let price = price.ok_or_else(|| ListReader::missing(file, header, "Price", &["Price", "Price USD"]))?;
        let signal = ListColumn::find(header, &["Signal"]);
        let risk = reader.risk_column(file, header)?;
        // Either row may come first.
        let (mut entries, mut exits): (BTreeMap<&str, Deal>, Vec<(&str, &Line)>) = (BTreeMap::new(), Vec::new());
        for line in file.rows()? {
            let words = kind.of(line).to_ascii_lowercase();
            let sign = match words.split_once(' ') {
                Some(("entry", "long")) => 1.0,
                Some(("entry", "short")) => -1.0,
                Some(("exit", "long" | "short")) => {
                    exits.push((number.of(line), line));
                    continue;
                }
                _ => {
                    return Err(reader.bad(
                        line,
                        &kind,
                        "not a type of row",
                        "Entry long, Entry short, Exit long, Exit short",
                    ));
                }
            };
            let (filled, at) = (reader.ts(line, &ts)?, reader.price(line, &price)?);
            let entry = Deal {
                row: line.row,
                position: format!("{:020} {sign} {at}", filled.nanos()),
                symbol: None,
                id: Some(number.of(line).to_owned()),
                tag: ListReader::text(line, signal.as_ref()),
                ts: filled,
                price: at,
                qty: sign * reader.qty(line, &qty)?,
                effect: Effect::Opens,
                stop: None,
                risk: reader.maybe(line, risk.as_ref())?,
            };
            if entries.insert(number.of(line), entry).is_some() {
                return Err(reader.bad(line, &number, "a second entry", "one entry and one exit a number"));
            }
        }
        let mut deals = Vec::new();
        for (name, line) in exits {
            let Some(entry) = entries.get(name) else {
                return Err(reader.bad(line, &number, "an exit without its entry", "one entry and one exit a number"));
            };
            // An open trade is shown with an exit at the last price.
            if !signal.as_ref().is_some_and(|signal| signal.of(line).eq_ignore_ascii_case("open")) {
                deals.push(entry.exit(reader.ts(line, &ts)?, reader.price(line, &price)?, entry.qty.abs()));
            }
        }
        deals.extend(entries.into_values());
        Ok(deals)
    }
}
