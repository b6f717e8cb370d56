//! `stats._trades.to_csv(…)` of backtesting.py: one row a trade or, after a partial exit, a part of it with the same
//! entry.

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::formats::Fact;
use crate::trade_lists::{Deal, Effect, ListColumn, ListFile, ListReader};

pub(super) struct Backtesting;

const NAMES: [&str; 5] = ["Size", "EntryPrice", "ExitPrice", "EntryTime", "ExitTime"];

impl TradeList for Backtesting {
    fn name(&self) -> &'static str {
        "backtesting-py"
    }

    fn about(&self) -> &'static str {
        "stats._trades of backtesting.py, as CSV"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        let header = file.header();
        NAMES.iter().all(|name| header.iter().any(|column| column == name))
            && header.iter().any(|name| name == "EntryBar")
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let header = file.header();
        let [size, entry_price, exit_price, entry_ts, exit_ts] =
            NAMES.map(|name| ListReader::required(file, header, name, &[name]));
        let (size, entry_price, exit_price, entry_ts, exit_ts) =
            (size?, entry_price?, exit_price?, entry_ts?, exit_ts?);
        let (stop, tag) = (ListColumn::find(header, &["SL"]), ListColumn::find(header, &["Tag"]));
        let risk = reader.risk_column(file, header)?;
        if stop.is_some() {
            reader.facts.push(Fact::new(
                "stop",
                "SL",
                "as of the exit; a stop on the winning side was moved and is left out",
            ));
        }
        let mut deals = Vec::new();
        for line in file.rows()? {
            let (ts, price, qty) =
                (reader.ts(line, &entry_ts)?, reader.price(line, &entry_price)?, reader.signed_qty(line, &size)?);
            let stop = reader.maybe(line, stop.as_ref())?;
            let entry = Deal {
                row: line.row,
                // Parts of one position share their entry.
                position: format!("{:020} {} {price}", ts.nanos(), qty.signum()),
                symbol: None,
                id: None,
                tag: ListReader::text(line, tag.as_ref()),
                ts,
                price,
                qty,
                effect: Effect::Opens,
                stop: stop.filter(|stop| 0.0 < qty.signum() * (price - stop)),
                risk: reader.maybe(line, risk.as_ref())?,
            };
            deals.push(entry.exit(reader.ts(line, &exit_ts)?, reader.price(line, &exit_price)?, qty.abs()));
            deals.push(entry);
        }
        Ok(deals)
    }
}
