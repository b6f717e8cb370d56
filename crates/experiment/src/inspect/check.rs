//! Checks whether an experiment can run.

use scaleout_data::{LoadReport, QuotePlaces};
use scaleout_market::Bar;
use scaleout_report::BarsRead;
use serde::Serialize;

use crate::{
    DroppedEntries, ExperimentError, LoadedConfig, Obstacle, Prepared, PreparedMarket,
    inspect::leaks::leaks,
    inspect::obstacles::{known_bars, obstacles},
    stages::{bars_read::bars_read, entry_checks::doubt},
};

/// What is known of an experiment before it is run. As JSON it is the sheet of `check --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// Whether it can run.
    pub can_run: bool,
    /// What is traded.
    pub symbols: Vec<String>,
    /// When the bars begin and end.
    pub bars: Option<BarsRead>,
    /// What was read, and what was left out of it.
    pub data: LoadReport,
    /// Entries that are replayed.
    pub entries: usize,
    /// Entries left out, by reason.
    pub dropped: DroppedEntries,
    /// Trades of each fold; none if the folds cannot be cut.
    pub folds: Vec<CheckedFold>,
    /// Market features with the number of bars at whose close each has a value.
    pub features: Vec<CheckedFeature>,
    /// Data, entries, folds and features, a line each.
    pub lines: Vec<String>,
    /// Obstacles to running it; empty if it can run.
    pub obstacles: Vec<Obstacle>,
}

/// The trades of a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckedFold {
    /// To learn from.
    pub train: usize,
    /// To test on.
    pub test: usize,
    /// Left out between the two.
    pub purged: usize,
}

/// A market feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedFeature {
    /// Its name.
    pub name: String,
    /// Bars at whose close it has a value.
    pub known_bars: usize,
}

/// Reads everything that a run would read, and fits nothing.
///
/// # Errors
/// If the config, the data or the entries are bad input.
pub fn check(loaded: &LoadedConfig) -> Result<Checked, ExperimentError> {
    let prepared = Prepared::new(loaded)?;
    let report = prepared.load_report();
    let dropped = prepared.dropped;
    let of = match &prepared.markets[..] {
        [only] => only.symbol().to_owned(),
        markets => format!("{} markets", markets.len()),
    };
    let mut lines = vec![
        format!("data: {} bars, {} trades of {of}", report.bars, report.trades),
        format!("events: {} quotes, {} books", report.quotes, report.books),
        format!("rows left out: {}, trades after the last bar: {}", report.skipped.count, report.trades_after_last_bar),
        format!(
            "entries: {} replayed, {} dropped because the horizon passes the end, {} before the first close{}{}",
            prepared.trades.len(),
            dropped.horizon_beyond_data,
            dropped.before_first_close,
            counted(dropped.after_flat_at, "after flat_at") + &counted(dropped.before_event, "shortly before an event"),
            counted(dropped.outside_bar, "outside their bars"),
        ),
    ];
    let sales = prepared.trades.iter().filter_map(|trade| trade.as_traded.as_ref()).map(|made| made.sales().len());
    let (trades, sales) = sales.fold((0, 0), |(trades, all), sales| (trades + 1, all + sales));
    if 0 < trades {
        lines.push(format!("exits as traded: {sales} of {trades} entries"));
    }
    lines.extend(report.detected.iter().map(|detected| format!("format: {detected}")));
    lines.extend(doubt(dropped.outside_bar, dropped.outside_bar + prepared.trades.len()));
    let read = bars_read(&prepared);
    if let Some(bars) = &read {
        lines.insert(1, bars.to_string());
    }
    if let Some(places) = report.quote_places {
        let QuotePlaces { at_ask, at_bid, inside } = places;
        let sides =
            format!("sides by the quote before: {at_ask} trades at the ask, {at_bid} at the bid, {inside} inside");
        lines.insert(2, sides);
    }
    if 0 < report.before_listing {
        let count = report.before_listing;
        lines.insert(2, format!("left out: {count} bars of other companies that had a ticker before the listing"));
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
    let splits = prepared.splits().unwrap_or_default();
    let folds: Vec<CheckedFold> = splits
        .iter()
        .map(|split| CheckedFold { train: split.train.len(), test: split.test.len(), purged: split.purged })
        .collect();
    for (fold, CheckedFold { train, test, purged }) in folds.iter().enumerate() {
        lines.push(format!("fold {}: {train} train, {test} test, {purged} purged", fold + 1));
    }
    lines.extend(of_markets(&prepared));
    let bars = prepared.bar_count();
    let known = known_bars(&prepared)?;
    lines.extend(known.iter().map(|(name, known)| format!("feature {name}: a value at {known} of {bars} bars")));
    lines.extend(leaks(&prepared)?.iter().map(|leak| {
        format!(
            "LEAK: feature {} looks ahead to the next bar: rank correlation {:.3} with its return (99 % bound {:.3}), {:.3} one bar \
             later; take it out or join it one bar later",
            leak.feature, leak.rank_correlation, leak.low99, leak.one_bar_later
        )
    }));
    let obstacles = obstacles(loaded, &prepared)?;
    Ok(Checked {
        can_run: obstacles.is_empty(),
        symbols: prepared.markets.iter().map(|market| market.symbol().to_owned()).collect(),
        bars: read,
        data: report,
        entries: prepared.trades.len(),
        dropped,
        folds,
        features: known.into_iter().map(|(name, known_bars)| CheckedFeature { name, known_bars }).collect(),
        lines,
        obstacles,
    })
}

/// One line for each of several markets: bars, first and last close, entries.
fn of_markets(prepared: &Prepared) -> Vec<String> {
    if prepared.markets.len() == 1 {
        return Vec::new();
    }
    let mut entries = vec![0_usize; prepared.markets.len()];
    prepared.trades.iter().for_each(|trade| entries[trade.market] += 1);
    let line = |(market, entries): (&PreparedMarket, usize)| {
        let bars = market.view().bars();
        let close = |bar: Option<&Bar>| bar.map_or_else(String::new, |bar| bar.ts.to_string());
        let (first, last) = (close(bars.first()), close(bars.last()));
        format!("market {}: {} bars from {first} to {last}, {entries} entries", market.symbol(), bars.len())
    };
    prepared.markets.iter().zip(entries).map(line).collect()
}

/// `, 3 of what`; empty if there are none.
fn counted(count: usize, what: &str) -> String {
    if count == 0 { String::new() } else { format!(", {count} {what}") }
}
