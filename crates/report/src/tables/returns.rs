//! `returns.csv`: the daily returns of the winner's account, as portfolio tools read them: `date,return`.

use std::io::Write;

use csv::Writer;
use scaleout_market::Timestamp;

use crate::{ReportError, RunResult, tables::table::Table};

pub(super) const TABLE: Table =
    Table { file: "returns.csv", about: "daily returns of the winner's account", is_made: |_| true, rows: write };

fn write(result: &RunResult, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    let evaluation = &result.evaluation;
    table.write_record(["date", "return"])?;

    let winner = evaluation.contestants.iter().position(|contestant| contestant.name == evaluation.verdict.winner);
    let account = &evaluation.accounts[winner.expect("Invariant: the winner is a contestant")];
    for (day, day_return) in evaluation.days.iter().zip(&account.returns) {
        // RFC 3339 begins with the date.
        let date = Timestamp::from_secs(day * 86_400).to_string();
        table.write_record([&date[..10], &day_return.to_string()])?;
    }
    Ok(table.flush()?)
}
