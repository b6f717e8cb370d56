//! `trades.csv`: one row per contestant and trade. Prices are in the instrument's points, money is in its currency,
//! results are in R, J is in its own unit.
//!
//! `exit_price` is the mean price of the sales, weighted by quantity; `exit_cause` is that of the last. Figures have twelve
//! digits: beyond lie the last bits of sums.

use std::io::Write;

use csv::Writer;
use scaleout_market::Side;

use crate::{
    ReportError, RunResult,
    tables::table::{Table, figure},
};

pub(super) const TABLE: Table =
    Table { file: "trades.csv", about: "every trade of every contestant", is_made: |_| true, rows: write };

fn write(result: &RunResult, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record([
        "contestant",
        "id",
        "symbol",
        "side",
        "entry_ts",
        "exit_ts",
        "entry_price",
        "exit_price",
        "exit_cause",
        "risk",
        "qty",
        "legs",
        "net",
        "currency",
        "net_r",
        "gross_r",
        "objective",
        "mfe_r",
        "mae_r",
        "bars_held",
        "ambiguous",
    ])?;

    for of_contestant in &result.trades.contestants {
        for (trade, entry) in of_contestant.trades.iter().zip(&result.trades.entries) {
            table.write_record([
                of_contestant.contestant.clone(),
                entry.id.clone(),
                entry.symbol.clone(),
                side(entry.side).to_owned(),
                entry.filled_ts.to_string(),
                trade.exit_ts.to_string(),
                figure(entry.price),
                figure(trade.exit_price()),
                trade.legs.last().map_or("", |leg| leg.cause.name()).to_owned(),
                figure(entry.risk),
                figure(entry.qty),
                trade.legs.len().to_string(),
                trade.net.to_exact_text(),
                entry.currency.clone(),
                figure(trade.net_r),
                figure(trade.gross_r),
                figure(trade.objective),
                figure(trade.mfe_r),
                figure(trade.mae_r),
                trade.bars_held.to_string(),
                trade.is_ambiguous().to_string(),
            ])?;
        }
    }
    Ok(table.flush()?)
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Long => "long",
        Side::Short => "short",
    }
}
