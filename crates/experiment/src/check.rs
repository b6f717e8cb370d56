use scaleout_data::QuotePlaces;
use scaleout_training::LEAST_TRADES;

use crate::{ExperimentError, LoadedConfig, Prepared};

/// What is known of an experiment before it is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Data, entries, folds and features, a line each.
    pub lines: Vec<String>,
    /// Why it cannot be run; empty if it can.
    pub obstacles: Vec<String>,
}

/// Reads everything that a run would read, and fits nothing.
///
/// # Errors
/// If the config, the data or the entries are bad input.
pub fn check(loaded: &LoadedConfig) -> Result<Checked, ExperimentError> {
    let prepared = Prepared::new(loaded)?;
    let report = &prepared.market.report;
    let dropped = prepared.dropped;
    let mut lines = vec![
        format!("data: {} bars, {} trades of {}", report.bars, report.trades, prepared.market.instrument.symbol),
        format!("events: {} quotes, {} books", report.quotes, report.books),
        format!("rows left out: {}, trades after the last bar: {}", report.skipped.count, report.trades_after_last_bar),
        format!(
            "entries: {} replayed, {} dropped because the horizon passes the end, {} before the first close",
            prepared.trades.len(),
            dropped.horizon_beyond_data,
            dropped.before_first_close
        ),
    ];
    if let Some(places) = report.quote_places {
        let QuotePlaces { at_ask, at_bid, inside } = places;
        let sides =
            format!("sides by the quote before: {at_ask} trades at the ask, {at_bid} at the bid, {inside} inside");
        lines.insert(2, sides);
    }
    let vendor = [
        (report.suspicious, "marked as suspicious by the vendor"),
        (report.one_sided_quotes, "quotes of one side"),
        (report.outside_session, "trades outside the session"),
        (report.repeated_messages, "repeated messages of the order book"),
    ];
    let counted = vendor.iter().filter(|(count, _)| 0 < *count).map(|(count, what)| format!("{count} {what}"));
    let counted: Vec<String> = counted.collect();
    if !counted.is_empty() {
        lines.insert(2, format!("left out by rule: {}", counted.join(", ")));
    }
    let mut obstacles = Vec::new();
    match prepared.splits() {
        Ok(splits) => {
            for (fold, split) in splits.iter().enumerate() {
                let (train, test) = (split.train.len(), split.test.len());
                lines.push(format!("fold {}: {train} train, {test} test, {} purged", fold + 1, split.purged));
                if train < LEAST_TRADES {
                    let fold = fold + 1;
                    obstacles
                        .push(format!("fold {fold} has {train} training trades; accepted: {LEAST_TRADES} or more"));
                }
            }
        }
        Err(error) => obstacles.push(error.to_string()),
    }
    let table = prepared.table(prepared.config.training.features.specs())?;
    let bars = prepared.market.history.series.len();
    for (column, name) in table.names().iter().enumerate() {
        let known = (0..bars).filter(|&t| table.row(t)[column].is_some()).count();
        lines.push(format!("feature {name}: a value at {known} of {bars} bars"));
        if known == 0 {
            obstacles.push(format!("feature {name} never has a value; accepted: features that the data can feed"));
        }
    }
    Ok(Checked { lines, obstacles })
}
