//! `adds.csv`: one row per later entry into a position, for every contestant.
//!
//! `bar` counts from 0 and is empty where the add did not fill: the contestant held nothing any more, or its stop was met
//! first. Figures have twelve digits.

use std::io::Write;

use csv::Writer;

use crate::{
    ReportError, RunResult,
    tables::table::{Table, figure},
};

pub(super) const TABLE: Table =
    Table { file: "adds.csv", about: "every later entry into a position", is_made: has_adds, rows: write };

fn has_adds(result: &RunResult) -> bool {
    result.trades.contestants.iter().any(|contestant| !contestant.adds.is_empty())
}

fn write(result: &RunResult, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record(["contestant", "id", "add", "bar", "ts", "qty", "price", "fee", "filled"])?;
    for of_contestant in &result.trades.contestants {
        for add in &of_contestant.adds {
            table.write_record([
                of_contestant.contestant.clone(),
                result.trades.entries.get(add.entry).map_or_else(String::new, |entry| entry.id.clone()),
                add.number.to_string(),
                add.bar.map_or_else(String::new, |bar| bar.to_string()),
                add.ts.to_string(),
                figure(add.qty),
                figure(add.price),
                add.fee.to_exact_text(),
                add.bar.is_some().to_string(),
            ])?;
        }
    }
    Ok(table.flush()?)
}
