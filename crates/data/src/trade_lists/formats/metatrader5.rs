//! The deals of a MetaTrader 5 history report, saved as CSV: the table below the line `Deals`, or that table alone.

use super::trade_list::TradeList;
use crate::error::DataError;
use crate::formats::Fact;
use crate::trade_lists::{Deal, Effect, Habits, Line, ListColumn, ListFile, ListReader};

pub(super) struct MetaTrader5;

const NAMES: [&str; 6] = ["Time", "Symbol", "Type", "Direction", "Volume", "Price"];

impl TradeList for MetaTrader5 {
    fn name(&self) -> &'static str {
        "metatrader-5"
    }

    fn about(&self) -> &'static str {
        "deals of a MetaTrader 5 report, as CSV"
    }

    fn recognise(&self, file: &ListFile) -> bool {
        table(file).is_some()
    }

    fn habits(&self) -> Habits {
        Habits {
            why: "MetaTrader writes the broker's server time and does not say which",
            between_groups: &[' ', '\u{a0}'],
            ..Habits::USUAL
        }
    }

    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError> {
        let Some((header, lines)) = table(file) else { return Ok(Vec::new()) };
        let [time, symbol, kind, direction, volume, price] =
            NAMES.map(|name| ListReader::required(file, header, name, &[name]));
        let (time, symbol, kind, direction) = (time?, symbol?, kind?, direction?);
        let (volume, price) = (volume?, price?);
        let position = ListColumn::find(header, &["Position", "Position ID", "PositionID"]);
        let risk = reader.risk_column(file, header)?;
        let (mut deals, mut others) = (Vec::new(), 0);
        for line in lines {
            let sign = match kind.of(line).to_ascii_lowercase().as_str() {
                "buy" => 1.0,
                "sell" => -1.0,
                "balance" | "credit" | "charge" | "correction" | "bonus" | "commission" | "dividend" | "tax" => {
                    others += 1;
                    continue;
                }
                _ => return Err(reader.bad(line, &kind, "not a type of deal", "buy, sell, or balance and its kind")),
            };
            let effect = match direction.of(line).to_ascii_lowercase().as_str() {
                "in" => Effect::Opens,
                "out" | "out by" => Effect::Closes,
                "in/out" | "inout" => Effect::Nets,
                _ => return Err(reader.bad(line, &direction, "not a direction", "in, out or in/out")),
            };
            let market = ListReader::text(line, Some(&symbol));
            let qty = sign * reader.qty(line, &volume)?;
            let deal = Deal::netting(line.row, market, reader.ts(line, &time)?, reader.price(line, &price)?, qty);
            let id = ListReader::text(line, position.as_ref());
            deals.push(Deal {
                position: id.as_ref().map_or_else(|| deal.position.clone(), |id| format!("{} {id}", deal.position)),
                id,
                effect,
                risk: reader.maybe(line, risk.as_ref())?,
                ..deal
            });
        }
        reader.facts.push(Fact::new("qty", "the broker's lots", "`--qty-times` makes units of them"));
        reader.left_out(others, "deposits, charges and the like");
        Ok(deals)
    }
}

/// The header of the deals and the lines under it, up to the sums.
fn table(file: &ListFile) -> Option<(&[String], &[Line])> {
    let lines = file.lines();
    let is_header = |line: &Line| NAMES.iter().all(|name| line.cells.iter().any(|cell| cell == name));
    let start = lines.iter().position(is_header)?;
    let header = &lines[start].cells;
    let time = header.iter().position(|name| name == "Time")?;
    let begins_row = |line: &Line| line.cells.get(time).is_some_and(|cell| !cell.trim().is_empty());
    let rows = &lines[start + 1..];
    let end = rows.iter().position(|line| !begins_row(line)).unwrap_or(rows.len());
    Some((header, &rows[..end]))
}
