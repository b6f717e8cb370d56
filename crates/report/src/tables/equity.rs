//! `equity.csv`: the equity of every contestant's account, marked to market, beside the cumulative net R and the
//! drawdown of all entries; one row per mark and contestant.

use std::io::Write;

use csv::Writer;

use crate::{ReportError, RunResult, tables::table::Table};

pub(super) const TABLE: Table = Table {
    file: "equity.csv",
    about: "every account marked to market, and cumulative net R",
    is_made: |_| true,
    rows: write,
};

fn write(result: &RunResult, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    let evaluation = &result.evaluation;
    table.write_record(["ts", "contestant", "equity", "equity_r", "drawdown_r"])?;

    for (mark, ts) in evaluation.curve_ts.iter().enumerate() {
        for (curve, account) in evaluation.curves.iter().zip(&evaluation.accounts) {
            let figures = [account.equity_at_marks[mark], curve.equity_r[mark], curve.drawdown_r[mark]];
            let [equity, equity_r, drawdown_r] = figures.map(|figure| figure.to_string());
            table.write_record([ts.to_string(), curve.name.clone(), equity, equity_r, drawdown_r])?;
        }
    }
    Ok(table.flush()?)
}
