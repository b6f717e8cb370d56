//! The rows of originals as one Parquet file.

use std::path::{Path, PathBuf};

use scaleout_market::{BarSeries, MarketHistory};

use super::{ImportMarkets, ImportRequest};
use crate::adjust::Factors;
use crate::bad_rows::SkippedRows;
use crate::bars::read_bars;
use crate::error::{DataError, listed};
use crate::formats::Detected;
use crate::history::one_series;
use crate::input::{FileDigest, combined};
use crate::length::Length;
use crate::markets::symbol_of;
use crate::metadata::ColumnMeaning;
use crate::rows::RowConfig;
use crate::table::Bytes;
use crate::trades::TradeBatches;
use crate::writer::{TableColumn, TableWriter, Values};

/// What was written, and of what.
pub(super) struct Written {
    pub(super) rows: u64,
    pub(super) skipped: SkippedRows,
    pub(super) columns: Vec<ColumnMeaning>,
    pub(super) original_sha256: String,
    pub(super) detected: Vec<Detected>,
    /// As told of an export.
    pub(super) bar_length: Option<Length>,
    /// Bars left out because another company had the ticker then.
    pub(super) before_listing: usize,
}

/// Why originals cannot be read: if they are not those that metadata state, that is the reason.
pub(super) fn explained(error: DataError, originals: &[Bytes], stated: Option<&str>) -> DataError {
    let found = stated.and_then(|_| originals.iter().map(Bytes::sha256).collect::<Result<Vec<_>, _>>().ok());
    found.and_then(|found| check_digest(originals, stated, &of_all(found)).err()).unwrap_or(error)
}

pub(super) fn write_trades(
    originals: &[Bytes],
    config: &RowConfig,
    to: &Path,
    stated: Option<&str>,
) -> Result<Written, DataError> {
    let mut files = originals.iter().map(|bytes| TradeBatches::open(bytes, config)).collect::<Result<Vec<_>, _>>()?;
    let detected = files.iter().filter_map(|file| file.detected().cloned()).collect();
    let has_sides = files.iter().all(TradeBatches::has_sides);
    let mut writer = TableWriter::create(to)?;
    let mut pending = Vec::new();
    let mut rows = 0;
    let mut write = |trades: &[scaleout_market::Trade]| {
        rows += trades.len() as u64;
        let mut columns = vec![
            TableColumn::new("ts", Values::Integers(trades.iter().map(|trade| trade.ts.nanos()).collect())),
            TableColumn::new("price", Values::Numbers(trades.iter().map(|trade| Some(trade.price)).collect())),
            TableColumn::new("qty", Values::Numbers(trades.iter().map(|trade| Some(trade.qty)).collect())),
        ];
        if has_sides {
            let side = |trade: &scaleout_market::Trade| trade.aggressor.map(scaleout_market::Aggressor::sign);
            columns.push(TableColumn::new("side", Values::Numbers(trades.iter().map(side).collect())));
        }
        writer.write(&columns)
    };
    let mut last = None;
    let mut skipped = SkippedRows::default();
    let mut digests = Vec::new();
    for batches in &mut files {
        batches.continue_after(last);
        for batch in batches.by_ref() {
            let batch = batch?;
            last = batch.last().map(|trade| trade.ts).or(last);
            pending.extend(batch);
            if ROW_GROUP <= pending.len() {
                write(&pending)?;
                pending.clear();
            }
        }
        skipped.merge(batches.skipped());
        digests.push(batches.sha256());
    }
    if !pending.is_empty() {
        write(&pending)?;
    }
    if rows == 0 {
        return Err(DataError::Empty { path: path_of(originals), what: "trades" });
    }
    let original_sha256 = of_all(digests);
    check_digest(originals, stated, &original_sha256)?;
    writer.finish()?;
    let mut columns = vec![
        meaning("ts", "ns since 1970, UTC", "when the trade was made"),
        meaning("price", "currency per unit", "price of the trade"),
        meaning("qty", "units", "quantity of the trade"),
    ];
    if has_sides {
        columns.push(meaning("side", "+1 or -1", "who crossed the spread: +1 a buyer, -1 a seller"));
    }
    Ok(Written { rows, skipped, columns, original_sha256, detected, bar_length: None, before_listing: 0 })
}

const ROW_GROUP: usize = 1 << 18;

/// The column of symbols in a dataset of many markets.
pub(super) const SYMBOL: &str = "symbol";

pub(super) fn write_bars(
    originals: &[Bytes],
    config: &RowConfig,
    request: &ImportRequest,
    to: &Path,
    stated: Option<&str>,
) -> Result<Written, DataError> {
    let files = originals.iter().map(|bytes| read_bars(bytes, config)).collect::<Result<Vec<_>, _>>()?;
    let original_sha256 = of_all(files.iter().map(|file| file.sha256.clone()).collect());
    check_digest(originals, stated, &original_sha256)?;
    let mut skipped = SkippedRows::default();
    files.iter().for_each(|file| skipped.merge(&file.skipped));
    let detected: Vec<Detected> = files.iter().filter_map(|file| file.detected.clone()).collect();
    let bar_length = files.iter().find_map(|file| file.bar_length).filter(|_| !detected.is_empty());
    let mut markets = by_market(files.into_iter().map(|file| file.series).collect(), originals, request.markets)?;
    let mut before_listing = 0;
    if let Some(adjust) = &request.adjust {
        for (symbol, series) in &mut markets {
            let factors = Factors::read(adjust, Path::new(""), symbol)?;
            let history = MarketHistory::from_series(std::mem::take(series));
            let (history, left_out) = factors.applied(history, config.time.zone.as_deref(), &path_of(originals))?;
            *series = history.series;
            before_listing += left_out;
        }
    }
    let is_each = request.markets == ImportMarkets::EachFile;
    let mut meanings = vec![
        meaning("ts", "ns since 1970, UTC", "when the bar closed"),
        meaning("open", "currency per unit", "first price"),
        meaning("high", "currency per unit", "highest price"),
        meaning("low", "currency per unit", "lowest price"),
        meaning("close", "currency per unit", "last price"),
        meaning("volume", "units", "quantity traded"),
    ];
    let further = markets[0].1.column_names();
    meanings.extend(further.iter().map(|name| meaning(name, "not stated", "further column of the original")));
    if is_each {
        meanings.insert(0, meaning(SYMBOL, "text", "the market of the row"));
    }
    let mut writer = TableWriter::create(to)?;
    let mut rows = 0;
    for (symbol, series) in &markets {
        writer.write(&columns_of(series, is_each.then_some(symbol)))?;
        rows += series.len() as u64;
    }
    writer.finish()?;
    Ok(Written { rows, skipped, columns: meanings, original_sha256, detected, bar_length, before_listing })
}

/// The bars of each market, in order of their symbols.
fn by_market(
    series: Vec<BarSeries>,
    originals: &[Bytes],
    markets: ImportMarkets,
) -> Result<Vec<(String, BarSeries)>, DataError> {
    let mut symbols = originals.iter().map(|bytes| symbol_of(bytes.path()));
    let mut markets: Vec<(String, BarSeries)> = match markets {
        ImportMarkets::One => vec![(symbols.next().unwrap_or_default(), one_series(series, originals)?)],
        ImportMarkets::EachFile => symbols.zip(series).collect(),
    };
    markets.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some(pair) = markets.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let problem = format!("two files are of the market `{}`", pair[0].0);
        return Err(DataError::config("import", problem, "one file a market"));
    }
    let columns = markets[0].1.column_names();
    match markets.iter().find(|(_, series)| series.column_names() != columns) {
        None => Ok(markets),
        Some((symbol, other)) => Err(DataError::MissingColumn {
            path: PathBuf::from(symbol),
            column: columns.join(", "),
            accepted: "the same extra columns in every file".into(),
            found: listed(&other.column_names()),
        }),
    }
}

/// The columns of one market, after its symbol where there are several.
fn columns_of(series: &BarSeries, symbol: Option<&String>) -> Vec<TableColumn> {
    let bars = series.bars();
    let numbers =
        |of: fn(&scaleout_market::Bar) -> f64| Values::Numbers(bars.iter().map(|bar| Some(of(bar))).collect());
    let symbol = symbol.map(|symbol| TableColumn::new(SYMBOL, Values::Texts(vec![symbol.clone(); bars.len()])));
    let mut columns: Vec<TableColumn> = symbol.into_iter().collect();
    columns.extend([
        TableColumn::new("ts", Values::Integers(bars.iter().map(|bar| bar.ts.nanos()).collect())),
        TableColumn::new("open", numbers(|bar| bar.open)),
        TableColumn::new("high", numbers(|bar| bar.high)),
        TableColumn::new("low", numbers(|bar| bar.low)),
        TableColumn::new("close", numbers(|bar| bar.close)),
        TableColumn::new("volume", numbers(|bar| bar.volume)),
    ]);
    let further = series.columns().iter();
    columns.extend(further.map(|column| TableColumn::new(&column.name, Values::Numbers(column.values.clone()))));
    columns
}

fn meaning(name: &str, unit: &str, meaning: &str) -> ColumnMeaning {
    ColumnMeaning { name: name.into(), unit: unit.into(), meaning: meaning.into() }
}

/// Refuses originals that are not those that metadata state.
fn check_digest(originals: &[Bytes], stated: Option<&str>, found: &str) -> Result<(), DataError> {
    match stated {
        Some(expected) if expected != found => Err(DataError::Sha256Mismatch {
            path: path_of(originals),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The digest of one original, or of the digests of several one after another.
fn of_all(digests: Vec<String>) -> String {
    let named = digests.into_iter().map(|sha256| FileDigest { name: String::new(), sha256 });
    combined(&named.collect::<Vec<_>>())
}

fn path_of(originals: &[Bytes]) -> PathBuf {
    originals.first().map(|bytes| bytes.path().to_path_buf()).unwrap_or_default()
}
