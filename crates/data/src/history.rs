//! A history of what a source gave: bars of its trades, and its ticks between their closes.

use std::path::Path;

use scaleout_market::{Bar, BarSeries, Column, Instrument, MarketHistory, Trade};

use crate::bar_builder::{BarSpec, bars_from_trades};
use crate::error::{DataError, listed};
use crate::load_report::LoadReport;
use crate::sides::{LeeReady, QuotePlace, QuotePlaces, SideRule, sides_by_tick_rule};
use crate::table::Bytes;
use crate::ticks::{Ticks, ends_at};

/// Makes bars of trades and lays quotes and books between them. What comes after the last complete bar is left out
/// and counted.
pub(crate) fn history_of_ticks(
    mut ticks: Ticks,
    spec: BarSpec,
    sides: Option<SideRule>,
    instrument: &Instrument,
    path: &Path,
    report: &mut LoadReport,
) -> Result<MarketHistory, DataError> {
    let rule = side_rule(sides, &ticks)?;
    match rule {
        SideRule::File => {}
        SideRule::TickRule => sides_by_tick_rule(&mut ticks.trades),
        SideRule::LeeReady => report.quote_places = Some(sides_by_lee_ready(&mut ticks)),
    }
    let (bars, trade_ends) = bars_from_trades(&ticks.trades, spec, instrument.multiplier);
    if bars.is_empty() {
        return Err(DataError::Empty { path: path.to_path_buf(), what: "complete bars" });
    }
    report.trades = ticks.trades.len();
    ticks.trades.truncate(trade_ends.last().copied().unwrap_or_default());
    report.trades_after_last_bar = report.trades - ticks.trades.len();
    report.sides = Some(rule);
    report.bar_length = match spec {
        BarSpec::Time(length) => Some(length),
        BarSpec::Volume(_)
        | BarSpec::Trades(_)
        | BarSpec::Dollar(_)
        | BarSpec::Range(_)
        | BarSpec::TickImbalance(_)
        | BarSpec::VolumeImbalance(_) => None,
    };
    let trades = std::mem::take(&mut ticks.trades);
    Ok(with_quotes_and_books(series(bars, Vec::new(), path)?, trades, trade_ends, ticks, report))
}

/// Lays quotes and books between bars that exist already.
pub(crate) fn with_quotes_and_books(
    series: BarSeries,
    trades: Vec<Trade>,
    trade_ends: Vec<usize>,
    mut ticks: Ticks,
    report: &mut LoadReport,
) -> MarketHistory {
    report.suspicious = ticks.suspicious;
    report.one_sided_quotes = ticks.one_sided_quotes;
    report.outside_session = ticks.outside_session;
    report.repeated_messages = ticks.repeated_messages;
    report.skipped.merge(&ticks.skipped);
    (report.quotes, report.books) = (ticks.quotes.len(), ticks.books.len());
    let quote_ends = ends_at(series.bars(), &ticks.quotes, |quote| quote.ts);
    let book_ends = ends_at(series.bars(), &ticks.books, |book| book.ts);
    ticks.quotes.truncate(quote_ends.last().copied().unwrap_or_default());
    ticks.books.truncate(book_ends.last().copied().unwrap_or_default());
    let (quotes, books) = (ticks.quotes, ticks.books);
    MarketHistory { series, trades, trade_ends, quotes, quote_ends, books, book_ends, ..MarketHistory::default() }
}

pub(crate) fn series(bars: Vec<Bar>, columns: Vec<Column>, path: &Path) -> Result<BarSeries, DataError> {
    BarSeries::new(bars, columns).map_err(|source| DataError::Series { path: path.to_path_buf(), source })
}

/// The bars of several files, each of which begins where the one before ends, as one series.
pub(crate) fn one_series(mut files: Vec<BarSeries>, parts: &[Bytes]) -> Result<BarSeries, DataError> {
    if files.len() == 1 {
        return Ok(files.swap_remove(0));
    }
    let names = files.first().map(BarSeries::column_names).unwrap_or_default();
    if let Some((file, part)) = files.iter().zip(parts).find(|(file, _)| file.column_names() != names) {
        return Err(DataError::MissingColumn {
            path: part.path().to_path_buf(),
            column: names.join(", "),
            accepted: "the same extra columns in every file".into(),
            found: listed(&file.column_names()),
        });
    }
    for (pair, paths) in files.windows(2).zip(parts.windows(2)) {
        if let (Some(last), Some(first)) = (pair[0].bars().last(), pair[1].bars().first())
            && first.ts <= last.ts
        {
            let (previous, path) = (paths[0].path().to_path_buf(), paths[1].path().to_path_buf());
            return Err(DataError::Overlap { path, previous, first: first.ts, last: last.ts });
        }
    }
    let bars = files.iter().flat_map(|file| file.bars().iter().copied()).collect();
    let columns = names.into_iter().enumerate().map(|(position, name)| Column {
        name,
        values: files.iter().flat_map(|file| file.columns()[position].values.iter().copied()).collect(),
    });
    series(bars, columns.collect(), parts.first().map_or(Path::new(""), Bytes::path))
}

fn side_rule(sides: Option<SideRule>, ticks: &Ticks) -> Result<SideRule, DataError> {
    match sides {
        Some(SideRule::File) if !ticks.has_sides => {
            Err(DataError::config("sides", "`file`, but the trades carry no side", "tick-rule, or columns.side"))
        }
        Some(SideRule::LeeReady) if ticks.quotes.is_empty() => {
            Err(DataError::config("sides", "`lee-ready`, but there are no quotes", "tick-rule, or file"))
        }
        Some(rule) => Ok(rule),
        None if ticks.has_sides => Ok(SideRule::File),
        None if !ticks.quotes.is_empty() => Ok(SideRule::LeeReady),
        None => Ok(SideRule::TickRule),
    }
}

/// Sets the side of every trade by the last quote known strictly before it.
fn sides_by_lee_ready(ticks: &mut Ticks) -> QuotePlaces {
    let mut rule = LeeReady::default();
    let mut places = QuotePlaces::default();
    let mut quotes = ticks.quotes.iter().peekable();
    for trade in &mut ticks.trades {
        while let Some(quote) = quotes.next_if(|quote| quote.ts < trade.ts) {
            rule.quote(quote);
        }
        let (side, place) = rule.trade(trade.price);
        trade.aggressor = side;
        match place {
            QuotePlace::AtAsk => places.at_ask += 1,
            QuotePlace::AtBid => places.at_bid += 1,
            QuotePlace::Inside => places.inside += 1,
        }
    }
    places
}
