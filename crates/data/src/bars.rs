//! Bars in a table.

use std::collections::{BTreeMap, HashSet};

use scaleout_market::{Bar, BarSeries, Column, Timestamp};

use crate::bad_rows::SkippedRows;
use crate::error::DataError;
use crate::formats::{Detected, Fact, detect};
use crate::length::Length;
use crate::rows::{Accepts, RowChecks, RowConfig, Ties};
use crate::table::{Bytes, Table};
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

/// An open table of bars, and how its rows are to be read, all told.
pub(crate) struct BarTable {
    pub(crate) table: Table,
    pub(crate) time: TimeConfig,
    pub(crate) detected: Option<Detected>,
}

/// Opens a table of bars: a plain one, or an export.
pub(crate) fn open_bars(bytes: &Bytes, config: &RowConfig) -> Result<BarTable, DataError> {
    let found = match config.format {
        Some(format) => detect(bytes, format, &config.time)?,
        None => None,
    };
    let Some((shape, detected)) = found else {
        let table = config.open(bytes, &config.columns.of_bars())?;
        return Ok(BarTable { table, time: config.time.clone(), detected: None });
    };
    let mut columns = config.columns.clone();
    columns.further = Some(columns.further.unwrap_or_else(|| shape.further.clone()));
    let time = TimeConfig { stamped: None, ..shape.time.clone() };
    let reader = TimeReader::new(&time, bytes.path())?;
    let table = Table::open_shaped(bytes, &columns.of_bars(), reader, shape)?;
    Ok(BarTable { table, time, detected: Some(detected) })
}

/// Reads all bars of a file.
///
/// A bar named by its close opens one bar length before it, but never before the close of its predecessor; one
/// named by its open closes one bar length later. A bar named by a date is that whole day.
pub(crate) fn read_bars(bytes: &Bytes, config: &RowConfig) -> Result<BarFile, DataError> {
    let BarTable { mut table, time, detected } = open_bars(bytes, config)?;
    let mut checks = RowChecks::new(table.path().to_path_buf(), table.resolved(), Ties::Refused, config.on_bad_rows);
    let names: Vec<String> = table.resolved().further.iter().map(|(_, name)| name.clone()).collect();
    let mut bars: Vec<Bar> = Vec::new();
    let mut further: Vec<Vec<Option<f64>>> = vec![Vec::new(); names.len()];
    let price = Accepts::Price(config.price);
    let mut is_days = false;
    for batch in table.by_ref() {
        checks.each(&mut batch?, |checks, batch, i| {
            let number = |column, accepts| checks.number(batch, column, i, accepts);
            let (open_ts, ts) = ends(batch.stamps[i], &time)?;
            is_days |= matches!(batch.stamps[i], Stamp::Day(..));
            let bar = Bar {
                open_ts,
                ts,
                open: number(0, price)?,
                high: number(1, price)?,
                low: number(2, price)?,
                close: number(3, price)?,
                volume: number(4, Accepts::AtLeastZero)?,
            };
            let bar = bar.checked().map_err(|source| DataError::BadBar {
                path: checks.path(),
                row: batch.rows[i],
                source,
            })?;
            let values = checks.further(batch, i)?;
            checks.in_order(batch.rows[i], ts)?;
            bars.push(bar);
            further.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
            Ok(())
        })?;
    }
    if bars.is_empty() {
        return Err(DataError::Empty { path: checks.path(), what: "bars" });
    }
    let bar_length = time.bar_length.or_else(|| commonest_distance(&bars));
    set_opens(&mut bars, bar_length);
    let ignored = table.ignored();
    let left_out: HashSet<&String> = ignored.iter().collect();
    let columns = names.into_iter().zip(further).map(|(name, values)| Column { name, values });
    let columns = columns.filter(|column| !left_out.contains(&column.name)).collect();
    let series = BarSeries::new(bars, columns).map_err(|source| DataError::Series { path: checks.path(), source })?;
    let skipped = checks.bad_rows.skipped().clone();
    Ok(BarFile {
        series,
        skipped,
        ignored,
        bar_length,
        sha256: table.sha256(),
        bar_time: bar_time(&time, detected.as_ref(), is_days),
        detected,
    })
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
