//! `portfolio.orders.records_readable.to_csv(…)` of vectorbt, whose last column tells the markets apart.

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::trade_lists::{Deal, ListFile, ListReader};

pub(super) struct Vectorbt;

/// vectorbt, and the names of its later versions.
const TS: [&str; 3] = ["Timestamp", "Fill Index", "Index"];

impl TradeList for Vectorbt {
    fn name(&self) -> &'static str {
        "vectorbt"
    }

    fn about(&self) -> &'static str {
        "portfolio.orders.records_readable of vectorbt, as CSV"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        let header = file.header();
        let has = |name: &&str| header.iter().any(|column| column == name);
        ["Order Id", "Column", "Size", "Price", "Fees", "Side"].iter().all(has) && TS.iter().any(has)
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let header = file.header();
        let required = |name: &str| ListReader::required(file, header, name, &[name]);
        let [market, size, price, side] =
            [required("Column")?, required("Size")?, required("Price")?, required("Side")?];
        let ts = ListReader::required(file, header, "Timestamp", &TS)?;
        let risk = reader.risk_column(file, header)?;
        let mut deals = Vec::new();
        for line in file.rows()? {
            let symbol = ListReader::text(line, Some(&market));
            let qty = reader.sign(line, &side)? * reader.qty(line, &size)?;
            let deal = Deal::netting(line.row, symbol, reader.ts(line, &ts)?, reader.price(line, &price)?, qty);
            deals.push(Deal { risk: reader.maybe(line, risk.as_ref())?, ..deal });
        }
        Ok(deals)
    }
}
