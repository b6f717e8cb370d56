//! `legs.csv`: one row per sale, under the trade it belongs to.
//!
//! `bar` counts from 0. `reference` is the price before spread, slippage and impact, so (reference − price) · side · qty ·
//! multiplier is what they cost. Figures have twelve digits.

use std::io::Write;

use csv::Writer;
use scaleout_exits::ExitReason;

use crate::{
    ReportError, RunResult,
    tables::table::{Table, figure},
};

pub(super) const TABLE: Table =
    Table { file: "legs.csv", about: "every sale of every trade", is_made: |_| true, rows: write };

fn write(result: &RunResult, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut table = Writer::from_writer(sink);
    table.write_record([
        "contestant",
        "id",
        "leg",
        "bar",
        "ts",
        "reason",
        "cause",
        "fraction",
        "qty",
        "reference",
        "price",
        "gross",
        "exit_fee",
        "entry_fee",
        "net",
        "decided_by_rule",
    ])?;

    for of_contestant in &result.trades.contestants {
        for (trade, entry) in of_contestant.trades.iter().zip(&result.trades.entries) {
            for (place, leg) in trade.legs.iter().enumerate() {
                table.write_record([
                    of_contestant.contestant.clone(),
                    entry.id.clone(),
                    (place + 1).to_string(),
                    leg.bar.to_string(),
                    leg.ts.to_string(),
                    reason(leg.reason).to_owned(),
                    leg.cause.name().to_owned(),
                    figure(leg.fraction.as_f64()),
                    figure(leg.qty),
                    figure(leg.reference),
                    figure(leg.price),
                    leg.gross.to_exact_text(),
                    leg.exit_fee.to_exact_text(),
                    leg.entry_fee.to_exact_text(),
                    leg.net().to_exact_text(),
                    leg.decided_by_rule.to_string(),
                ])?;
            }
        }
    }
    Ok(table.flush()?)
}

fn reason(reason: ExitReason) -> &'static str {
    match reason {
        ExitReason::Limit => "limit",
        ExitReason::Stop => "stop",
        ExitReason::Market => "market",
        ExitReason::Horizon => "horizon",
        ExitReason::SessionEnd => "session-end",
    }
}
