//! `book.csv`: what every contestant's account did with every entry, in order of time: taken at which size with which
//! result, or missed for which reason. Capital and the sum of `net` are the equity at the end.

use std::io::Write;

use csv::Writer;

use crate::{BookAction, ReportError, RunResult, tables::table::Table};

pub(super) const TABLE: Table =
    Table { file: "book.csv", about: "what every account did with every entry", is_made: |_| true, rows: write };

fn write(result: &RunResult, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record(["contestant", "id", "entry_ts", "what", "qty", "margin", "net", "equity_after"])?;

    for of_contestant in &result.trades.contestants {
        for record in &of_contestant.book {
            let entry = &result.trades.entries[record.entry];
            let cells = match &record.done {
                BookAction::Missed(reason) => {
                    [reason.words().to_owned(), String::new(), String::new(), String::new(), String::new()]
                }
                BookAction::Taken(taken) => [
                    if taken.is_cut { "taken, cut to the free margin" } else { "taken" }.to_owned(),
                    taken.qty.to_string(),
                    taken.margin.to_string(),
                    taken.net.to_exact_text(),
                    taken.equity_after.to_exact_text(),
                ],
            };
            let names = [of_contestant.contestant.clone(), entry.id.clone(), entry.ts.to_string()];
            table.write_record(names.iter().chain(&cells))?;
        }
    }
    Ok(table.flush()?)
}
