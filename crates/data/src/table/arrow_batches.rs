//! Rows of an Arrow file.

use std::path::Path;

use scaleout_market::{Aggressor, Timestamp};

use super::arrow_column::ArrowColumn;
use super::arrow_file::{ArrowBatch, ArrowFile, not_arrow};
use super::arrow_schema::Kind;
use super::batch::Batch;
use super::layout::{Layout, Resolved};
use super::side::{SIDES, aggressor};
use crate::error::DataError;
use crate::time::{NoTime, OUT_OF_RANGE, Stamp, TimeReader};

/// Rows of a batch that are handed out at once.
const BATCH_ROWS: usize = 1 << 18;

/// The batches of an Arrow file.
pub(crate) struct ArrowBatches {
    file: ArrowFile,
    resolved: Resolved,
    ignored: Vec<String>,
    /// The columns to read: the time, numbers, further ones, the symbol and the side.
    wanted: Vec<usize>,
    time: TimeReader,
    /// The next batch of the file, the one at hand with the rows handed out, and the rows before it.
    next: usize,
    open: Option<(ArrowBatch, usize)>,
    rows_before: u64,
    sha256: String,
    is_done: bool,
}

impl ArrowBatches {
    pub(crate) fn open(path: &Path, layout: &Layout, time: TimeReader) -> Result<Self, DataError> {
        let file = ArrowFile::open(path)?;
        let names: Vec<String> = file.fields.iter().map(|field| field.name.clone()).collect();
        let mut resolved = Resolved::new(layout, path, &names)?;
        let is_number = |position: &usize| file.fields[*position].kind.is_number();
        let texts = resolved.further.iter().filter(|(position, _)| !is_number(position));
        let ignored = texts.map(|(_, name)| name.clone()).collect();
        resolved.further.retain(|(position, _)| is_number(position));
        let accept = |(position, name): &(usize, String), fits: bool, accepted: &str| {
            let found = file.fields[*position].kind.word();
            let refused = || not_arrow(path, &format!("column `{name}` holds {found}; accepted: {accepted}"));
            if fits { Ok(*position) } else { Err(refused()) }
        };
        let is_time = match file.fields[resolved.ts.0].kind {
            Kind::Signed(_) | Kind::Unsigned(_) | Kind::Utc(_) | Kind::Local(_) | Kind::Day | Kind::Text(_) => true,
            Kind::Float(_) | Kind::Bool | Kind::Other(_) => false,
        };
        let mut wanted = vec![accept(&resolved.ts, is_time, "integers, dates, times or text")?];
        for column in resolved.numbers.iter().flatten() {
            wanted.push(accept(column, is_number(&column.0), "numbers")?);
        }
        wanted.extend(resolved.further.iter().map(|(position, _)| *position));
        if let Some(column) = &resolved.symbol {
            let fits = matches!(file.fields[column.0].kind, Kind::Text(_));
            wanted.push(accept(column, fits, "text")?);
        }
        if let Some(column) = &resolved.side {
            let fits = is_number(&column.0) || matches!(file.fields[column.0].kind, Kind::Text(_));
            wanted.push(accept(column, fits, "text, or +1 and -1")?);
        }
        Ok(Self {
            file,
            resolved,
            ignored,
            wanted,
            time,
            next: 0,
            open: None,
            rows_before: 0,
            sha256: String::new(),
            is_done: false,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(crate) fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    pub(crate) fn ignored(&self) -> Vec<String> {
        self.ignored.clone()
    }

    pub(crate) fn sha256(&self) -> String {
        self.sha256.clone()
    }

    /// The rows that come next; none at the end, before which the file was found unchanged.
    fn rows(&mut self) -> Result<Option<Batch>, DataError> {
        loop {
            if let Some((batch, taken)) = self.open.take() {
                if taken < batch.rows {
                    let end = batch.rows.min(taken + BATCH_ROWS);
                    let rows = self.batch(&batch, taken..end);
                    self.open = Some((batch, end));
                    return Ok(Some(rows));
                }
                self.rows_before += batch.rows as u64;
            }
            if self.next == self.file.batches() {
                self.sha256 = self.file.finish()?;
                return Ok(None);
            }
            self.open = Some((self.file.batch(self.next, &self.wanted)?, 0));
            self.next += 1;
        }
    }

    fn batch(&mut self, columns: &ArrowBatch, rows: std::ops::Range<usize>) -> Batch {
        let mut batch = Batch::shaped(&self.resolved);
        let (numbers, further) = (self.resolved.numbers.len(), self.resolved.further.len());
        for row in rows {
            let number = self.rows_before + row as u64 + 1;
            let mut columns = columns.columns.iter();
            let Some(time) = columns.next() else { continue };
            let stamp = match self.stamp(time, row) {
                Ok(stamp) => stamp,
                Err((value, no_time)) => {
                    let column = self.resolved.ts.1.clone();
                    batch.refused.push(self.bad(number, column, value, no_time.problem, no_time.accepted));
                    continue;
                }
            };
            let present = self
                .resolved
                .numbers
                .iter()
                .map(|column| column.as_ref().and_then(|_| columns.next()).and_then(|values| values.number(row)));
            let values: Vec<Option<f64>> = present.collect();
            let more: Vec<Option<f64>> = columns.by_ref().take(further).map(|values| values.number(row)).collect();
            let symbols = self.resolved.symbol.as_ref().and_then(|_| columns.next());
            let symbol = symbols.map(|symbols| symbols.text(row).unwrap_or_default().trim());
            if let (Some((_, name)), Some(sides)) = (&self.resolved.side, columns.next()) {
                match side(sides, row) {
                    Ok(side) => batch.sides.push(side),
                    Err(value) => {
                        batch.refused.push(self.bad(number, name.clone(), value, "not a side", SIDES));
                        continue;
                    }
                }
            }
            batch.symbols.extend(symbol.map(Box::from));
            batch.rows.push(number);
            batch.stamps.push(stamp);
            for (place, value) in values.into_iter().enumerate().take(numbers) {
                if self.resolved.numbers[place].is_some() {
                    batch.numbers[place].push(value);
                }
            }
            more.into_iter().enumerate().for_each(|(place, value)| batch.further[place].push(value));
        }
        batch
    }

    /// The time of a row, or what stands there and why it is none.
    fn stamp(&mut self, column: &ArrowColumn, row: usize) -> Result<Stamp, (String, NoTime)> {
        const MISSING: NoTime = NoTime { problem: "missing", accepted: "a time in every row" };
        if let Kind::Text(_) = column.kind {
            let text = column.text(row).ok_or_else(|| (String::new(), MISSING))?;
            let stamp = self.time.text(text).map_err(|no_time| (text.to_owned(), no_time))?;
            self.time.settle(text);
            return Ok(stamp);
        }
        let value = column.integer(row).ok_or_else(|| (String::new(), MISSING))?;
        let times = |nanos: i64| value.checked_mul(nanos).ok_or(OUT_OF_RANGE);
        let stamp = match column.kind {
            Kind::Utc(nanos) => times(nanos).map(|nanos| Stamp::Moment(Timestamp::from_nanos(nanos))),
            Kind::Local(nanos) => times(nanos).and_then(|nanos| self.time.local_nanos(nanos)).map(Stamp::Moment),
            Kind::Day => i32::try_from(value).map_err(|_| OUT_OF_RANGE).and_then(|day| self.time.day_number(day)),
            _ => self.time.integer(value).map(Stamp::Moment),
        };
        let stamp = stamp.map_err(|no_time| (value.to_string(), no_time))?;
        if matches!(column.kind, Kind::Signed(_) | Kind::Unsigned(_)) {
            self.time.settle_by(value);
        }
        Ok(stamp)
    }

    fn bad(&self, row: u64, column: String, value: String, problem: &'static str, accepted: &str) -> DataError {
        let path = self.path().to_path_buf();
        DataError::BadValue { path, row, column, value, problem, accepted: accepted.to_owned() }
    }
}

/// Who crossed the spread, or what stands there instead.
fn side(column: &ArrowColumn, row: usize) -> Result<Option<Aggressor>, String> {
    if let Kind::Text(_) = column.kind {
        let text = column.text(row).unwrap_or_default();
        return aggressor(text).ok_or_else(|| text.to_owned());
    }
    match column.number(row) {
        None => Ok(None),
        Some(1.0) => Ok(Some(Aggressor::Buy)),
        Some(-1.0) => Ok(Some(Aggressor::Sell)),
        Some(other) => Err(other.to_string()),
    }
}

impl Iterator for ArrowBatches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let rows = self.rows().transpose();
        self.is_done = !matches!(rows, Some(Ok(_)));
        rows
    }
}
