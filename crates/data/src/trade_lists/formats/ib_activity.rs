//! Activity statements of Interactive Brokers as CSV: many tables in one file, each line with the name of its own. Read
//! are the orders of the table `Trades`.

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::trade_lists::{Deal, Habits, Line, ListFile, ListReader};

pub(super) struct IbActivity;

impl TradeList for IbActivity {
    fn name(&self) -> &'static str {
        "ib-activity"
    }

    fn about(&self) -> &'static str {
        "activity statement of Interactive Brokers, as CSV"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        file.lines().iter().any(|line| is_in_table(line, "Header") && line.cells.iter().any(|cell| cell == "T. Price"))
    }

    fn habits(&self) -> Habits {
        Habits { zone: "America/New_York", why: "the usual zone of a statement", between_groups: &[','] }
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        // Each kind of asset has a header of its own.
        let mut header: &[String] = &[];
        let (mut deals, mut others) = (Vec::new(), 0);
        for line in file.lines() {
            if is_in_table(line, "Header") {
                header = &line.cells;
            }
            if !is_in_table(line, "Data") {
                continue;
            }
            let required = |name: &str| ListReader::required(file, header, name, &[name]);
            let what = required("DataDiscriminator")?;
            // Closed lots and single executions repeat what the order says.
            if !what.of(line).eq_ignore_ascii_case("order") {
                others += 1;
                continue;
            }
            if line.cells.len() != header.len() {
                return Err(DataError::BadRow {
                    path: file.path.clone(),
                    row: line.row,
                    problem: format!("{} values under {} columns", line.cells.len(), header.len()),
                    accepted: "one value a column",
                });
            }
            let [symbol, ts] = [required("Symbol")?, required("Date/Time")?];
            let [qty, price] = [required("Quantity")?, required("T. Price")?];
            let risk = reader.risk_column(file, header)?;
            let symbol = ListReader::text(line, Some(&symbol));
            let qty = reader.signed_qty(line, &qty)?;
            let deal = Deal::netting(line.row, symbol, reader.ts(line, &ts)?, reader.price(line, &price)?, qty);
            deals.push(Deal { risk: reader.maybe(line, risk.as_ref())?, ..deal });
        }
        reader.left_out(others, "executions and closed lots repeat the orders");
        Ok(deals)
    }
}

fn is_in_table(line: &Line, kind: &str) -> bool {
    matches!(line.cells.as_slice(), [table, found, ..] if table == "Trades" && found == kind)
}
