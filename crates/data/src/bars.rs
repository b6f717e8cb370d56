//! Bars in a table.

use std::collections::{BTreeMap, HashSet};

use scaleout_market::{Bar, BarSeries, Column, PriceDomain, Timestamp};

use crate::bad_rows::SkippedRows;
use crate::columns::Columns;
use crate::error::DataError;
use crate::format::FileFormat;
use crate::formats::{Detected, Fact, Found, Order, Rows, TableFormat, commonest, declare, detect};
use crate::length::Length;
use crate::rows::{Accepts, RowChecks, RowConfig, Ties};
use crate::table::{Bytes, OpenTable, Wanted, arrow_names};
use crate::time::{BarTime, Stamp, TimeConfig, TimeReader};

/// The bars of a file, and what was noticed on the way.
#[derive(Debug)]
pub(crate) struct BarFile {
    pub(crate) series: BarSeries,
    pub(crate) skipped: SkippedRows,
    /// Further columns that hold no numbers and were left out.
    pub(crate) ignored: Vec<String>,
    /// The length of a bar: as declared, or the commonest distance between closes.
    pub(crate) bar_length: Option<Length>,
    /// Digest of the file.
    pub(crate) sha256: String,
    /// What was told of the file, if it is an export.
    pub(crate) detected: Option<Detected>,
    /// Which end of a bar its time names, and how that is known.
    pub(crate) bar_time: Fact,
}

/// The place of the volume among the numbers of a bar.
const VOLUME: usize = 4;

/// An open table of bars, and how its rows are to be read, all told.
pub(crate) struct BarTable {
    pub(crate) table: OpenTable,
    pub(crate) time: TimeConfig,
    pub(crate) order: Order,
    pub(crate) detected: Option<Detected>,
    /// What prices are divided by.
    pub(crate) price_divisor: f64,
}

/// Opens a table of bars of one market: a plain one, or an export.
pub(crate) fn open_bars(bytes: &Bytes, config: &RowConfig) -> Result<BarTable, DataError> {
    if let Some(table) = freqtrade_feather(bytes, config)? {
        return Ok(table);
    }
    let found = match config.format {
        Some(format) => detect(bytes, format, &config.time, Rows::Bars)?,
        None => None,
    };
    let Some(Found { shape, order, detected }) = found else {
        let table = config.open(bytes, &config.columns.of_bars())?;
        return Ok(BarTable::plain(table, config));
    };
    let mut columns = config.columns.clone();
    columns.further = Some(columns.further.unwrap_or_else(|| shape.further.clone()));
    let time = TimeConfig { stamped: None, ..shape.time.clone() };
    let reader = TimeReader::new(&time, bytes.path())?;
    let mut layout = columns.of_bars();
    if !shape.names.iter().any(|name| name == "volume") && columns.volume.is_none() {
        layout.numbers[VOLUME] = Wanted::optional("volume", None, &[]);
    }
    let price_divisor = config.price_divisor.unwrap_or(shape.price_divisor);
    let table = OpenTable::open_shaped(bytes, &layout, reader, shape)?;
    Ok(BarTable { table, time, order, detected: Some(detected), price_divisor })
}

/// Candles of freqtrade as Feather (`BTC_USDT-1h.feather`), whose `date` is the open of a bar. A plain table of these
/// columns would be a bar off.
fn freqtrade_feather(bytes: &Bytes, config: &RowConfig) -> Result<Option<BarTable>, DataError> {
    const NAME: &str = "freqtrade";
    const COLUMNS: [&str; 6] = ["date", "open", "high", "low", "close", "volume"];
    let is_asked = matches!(config.format, Some(TableFormat::Auto | TableFormat::Export(NAME)));
    let is_arrow = FileFormat::of(bytes.path()).is_ok_and(|format| format == FileFormat::Arrow);
    if !is_asked || !is_arrow || arrow_names(bytes.path())? != COLUMNS {
        return Ok(None);
    }
    let layout = Columns { further: Some(Vec::new()), ..Columns::default() }.of_bars();
    let reader = |time: &TimeConfig| TimeReader::new(time, bytes.path());
    let mut time = TimeConfig { bar_time: BarTime::Open, ..TimeConfig::default() };
    let first = OpenTable::open(bytes, FileFormat::Arrow, &layout, reader(&config.time)?)?.next().transpose()?;
    let stamps = first.map(|batch| batch.stamps).unwrap_or_default();
    time.bar_length = commonest(&stamps.iter().map(|stamp| stamp.known_at().nanos()).collect::<Vec<_>>());
    let mut facts = vec![Fact::new("bar time", "open", "assumed: the convention of the format")];
    if let Some(length) = time.bar_length {
        facts.push(Fact::new("bar length", length.to_string(), "the commonest distance between the first rows"));
    }
    declare(&mut time, &mut facts, &config.time);
    let table = OpenTable::open(bytes, FileFormat::Arrow, &layout, reader(&time)?)?;
    let detected = Some(Detected { path: bytes.path().to_path_buf(), format: NAME, facts });
    let price_divisor = config.price_divisor.unwrap_or(1.0);
    Ok(Some(BarTable { table, time, order: Order::OldestFirst, detected, price_divisor }))
}

/// Opens a plain table of bars whose `column` says whose row it is.
pub(crate) fn open_bars_by_symbol(bytes: &Bytes, config: &RowConfig, column: &str) -> Result<BarTable, DataError> {
    let table = config.open(bytes, &config.columns.of_bars_by_symbol(column))?;
    Ok(BarTable::plain(table, config))
}

impl BarTable {
    /// A table that is no export.
    fn plain(table: OpenTable, config: &RowConfig) -> Self {
        let price_divisor = config.price_divisor.unwrap_or(1.0);
        Self { table, time: config.time.clone(), order: Order::OldestFirst, detected: None, price_divisor }
    }
}

/// Reads all bars of a file that holds one market.
///
/// A bar named by its close opens one bar length before it, but never before the close of its predecessor; one
/// named by its open closes one bar length later. A bar named by a date is that whole day.
pub(crate) fn read_bars(bytes: &Bytes, config: &RowConfig) -> Result<BarFile, DataError> {
    let mut reading = Reading::new(open_bars(bytes, config)?, config);
    let mut market = Gathered::new(reading.names.len());
    reading.each_bar(config.price, |checks, row, bar, further, _| {
        checks.in_order(row, bar.ts)?;
        market.push(bar, further);
        Ok(())
    })?;
    reading.file(market)
}

/// Reads all bars of a plain table that holds several markets, by their symbols. The rows of each market are in order
/// of time; those of different markets may be mixed. Rows that were left out are counted with the first market.
pub(crate) fn read_bars_by_symbol(
    bytes: &Bytes,
    config: &RowConfig,
    column: &str,
) -> Result<Vec<(String, BarFile)>, DataError> {
    let mut reading = Reading::new(open_bars_by_symbol(bytes, config, column)?, config);
    let width = reading.names.len();
    let mut markets: BTreeMap<Box<str>, Gathered> = BTreeMap::new();
    reading.each_bar(config.price, |checks, row, bar, further, symbol| {
        if symbol.is_empty() {
            return Err(DataError::BadValue {
                path: checks.path(),
                row,
                column: column.to_owned(),
                value: String::new(),
                problem: "missing",
                accepted: "the symbol of the row's market".to_owned(),
            });
        }
        // Time goes on in each market for itself.
        checks.continue_after(markets.get(symbol).and_then(|market| market.bars.last()).map(|bar| bar.ts));
        checks.in_order(row, bar.ts)?;
        if !markets.contains_key(symbol) {
            markets.insert(symbol.into(), Gathered::new(width));
        }
        if let Some(market) = markets.get_mut(symbol) {
            market.push(bar, further);
        }
        Ok(())
    })?;
    if markets.is_empty() {
        return Err(DataError::Empty { path: reading.checks.path(), what: "bars" });
    }
    let mut files = Vec::with_capacity(markets.len());
    for (symbol, market) in markets {
        let file = reading.file(market)?;
        let skipped = if files.is_empty() { file.skipped } else { SkippedRows::default() };
        files.push((symbol.into_string(), BarFile { skipped, ..file }));
    }
    Ok(files)
}

/// The bars of one market while a file is read.
struct Gathered {
    bars: Vec<Bar>,
    further: Vec<Vec<Option<f64>>>,
}

impl Gathered {
    fn new(columns: usize) -> Self {
        Self { bars: Vec::new(), further: vec![Vec::new(); columns] }
    }

    fn push(&mut self, bar: Bar, further: Vec<Option<f64>>) {
        self.bars.push(bar);
        self.further.iter_mut().zip(further).for_each(|(column, value)| column.push(value));
    }
}

/// A table of bars that is being read.
struct Reading {
    table: OpenTable,
    time: TimeConfig,
    order: Order,
    detected: Option<Detected>,
    price_divisor: f64,
    checks: RowChecks,
    /// Names of the extra columns.
    names: Vec<String>,
    is_days: bool,
}

impl Reading {
    fn new(opened: BarTable, config: &RowConfig) -> Self {
        let BarTable { table, time, order, detected, price_divisor } = opened;
        let mut checks =
            RowChecks::new(table.path().to_path_buf(), table.resolved(), Ties::Refused, config.on_bad_rows);
        checks.expect(order);
        let names = table.resolved().further.iter().map(|(_, name)| name.clone()).collect();
        Self { table, time, order, detected, price_divisor, checks, names, is_days: false }
    }

    /// Gives every acceptable bar to `take` with its row, its extra values and its symbol, which is empty in a file of
    /// one market. What `take` refuses meets the policy for bad rows.
    fn each_bar(
        &mut self,
        price: PriceDomain,
        mut take: impl FnMut(&mut RowChecks, u64, Bar, Vec<Option<f64>>, &str) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let Self { table, time, price_divisor, checks, is_days, .. } = self;
        let price = Accepts::Price(price);
        let has_volume = table.resolved().numbers[VOLUME].is_some();
        for batch in table.by_ref() {
            checks.each(&mut batch?, |checks, batch, i| {
                let number = |column, accepts| checks.number(batch, column, i, accepts);
                let (open_ts, ts) = ends(batch.stamps[i], time)?;
                *is_days |= matches!(batch.stamps[i], Stamp::Day(..));
                let bar = Bar {
                    open_ts,
                    ts,
                    open: number(0, price)? / *price_divisor,
                    high: number(1, price)? / *price_divisor,
                    low: number(2, price)? / *price_divisor,
                    close: number(3, price)? / *price_divisor,
                    volume: if has_volume { number(VOLUME, Accepts::AtLeastZero)? } else { 0.0 },
                };
                let bar = bar.checked().map_err(|source| DataError::BadBar {
                    path: checks.path(),
                    row: batch.rows[i],
                    source,
                })?;
                let further = checks.further(batch, i)?;
                let symbol = batch.symbols.get(i).map_or("", |symbol| symbol);
                take(checks, batch.rows[i], bar, further, symbol)
            })?;
        }
        Ok(())
    }

    /// The bars of one market of the file, which was read to its end.
    fn file(&self, market: Gathered) -> Result<BarFile, DataError> {
        let Self { table, time, order, detected, checks, names, is_days, .. } = self;
        let Gathered { mut bars, mut further } = market;
        if bars.is_empty() {
            return Err(DataError::Empty { path: checks.path(), what: "bars" });
        }
        if *order == Order::NewestFirst {
            bars.reverse();
            further.iter_mut().for_each(|column| column.reverse());
        }
        let bar_length = time.bar_length.or_else(|| commonest_distance(&bars));
        set_opens(&mut bars, bar_length);
        let ignored = table.ignored();
        let left_out: HashSet<&String> = ignored.iter().collect();
        let columns = names.iter().zip(further).filter(|(name, _)| !left_out.contains(name));
        let columns = columns.map(|(name, values)| Column { name: name.clone(), values }).collect();
        let series =
            BarSeries::new(bars, columns).map_err(|source| DataError::Series { path: checks.path(), source })?;
        Ok(BarFile {
            series,
            skipped: checks.bad_rows.skipped().clone(),
            ignored,
            bar_length,
            sha256: table.sha256(),
            bar_time: bar_time(time, detected.as_ref(), *is_days),
            detected: detected.clone(),
        })
    }
}

/// When a bar opens and closes by its own row alone; a bar named by its close gets its open later.
pub(crate) fn ends(stamp: Stamp, time: &TimeConfig) -> Result<(Timestamp, Timestamp), DataError> {
    match (stamp, time.bar_end(), time.bar_length) {
        (Stamp::Day(start, end), _, _) => Ok((start, end)),
        (Stamp::Moment(ts), BarTime::Close, _) => Ok((ts, ts)),
        (Stamp::Moment(ts), BarTime::Open, Some(length)) => Ok((ts, ts.plus_nanos(length.nanos()))),
        (Stamp::Moment(_), BarTime::Open, None) => Err(DataError::config(
            "time.bar_length",
            "missing, though times name the open of a bar",
            "the length of a bar, for example bar_length = \"1m\"",
        )),
    }
}

/// Which end of a bar its time names, and how that is known: dates tell it, so does an export, and so can the user.
fn bar_time(time: &TimeConfig, detected: Option<&Detected>, is_days: bool) -> Fact {
    const WHAT: &str = "bar time";
    let told = detected.and_then(|detected| detected.facts.iter().find(|fact| fact.what == WHAT));
    match (is_days, told, time.bar_end()) {
        (true, _, _) => Fact::new(WHAT, "whole days", "proved by dates without a time of day"),
        (false, Some(fact), _) => fact.clone(),
        (false, None, BarTime::Open) => Fact::new(WHAT, "open", "declared"),
        (false, None, BarTime::Close) if time.stamped.is_some() => Fact::new(WHAT, "close", "declared"),
        (false, None, BarTime::Close) => Fact::new(WHAT, "close", "assumed"),
    }
}

fn set_opens(bars: &mut [Bar], bar_length: Option<Length>) {
    let mut previous: Option<Timestamp> = None;
    for bar in bars {
        if bar.open_ts == bar.ts {
            let nominal = bar_length.map_or(bar.ts, |length| bar.ts.plus_nanos(-length.nanos()));
            bar.open_ts = previous.map_or(nominal, |previous| nominal.max(previous));
        }
        previous = Some(bar.ts);
    }
}

/// The shorter one, if two are equally common.
fn commonest_distance(bars: &[Bar]) -> Option<Length> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for pair in bars.windows(2) {
        *counts.entry(pair[1].ts.nanos() - pair[0].ts.nanos()).or_default() += 1;
    }
    let most = counts.values().max()?;
    counts.iter().find(|(_, count)| *count == most).and_then(|(nanos, _)| Length::from_nanos(*nanos))
}
