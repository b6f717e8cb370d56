//! Text tables, read record by record so that every error can name its line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use scaleout_market::Aggressor;

use super::{Batch, Bytes, Layout, Resolved, SIDES, aggressor};
use crate::DataError;
use crate::error::one_line;
use crate::time::{Stamp, TimeReader};

const BATCH_ROWS: usize = 16_384;
const BUFFER_BYTES: usize = 1 << 18;

/// What the values of a further column are, told by the first that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unknown,
    Number,
    Text,
}

/// The batches of a text file.
pub(crate) struct CsvBatches {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read + Send>>,
    resolved: Resolved,
    time: TimeReader,
    kinds: Vec<Kind>,
    /// Whether the user named the further columns, so that text in one is an error at once.
    further_named: bool,
    record: ByteRecord,
    done: bool,
}

impl CsvBatches {
    pub(crate) fn open(bytes: &Bytes, layout: &Layout, time: TimeReader) -> Result<Self, DataError> {
        let path = bytes.path().to_path_buf();
        let mut reader = reader(bytes)?;
        let header = reader.headers().map_err(|error| not_csv(&path, &error))?;
        let header: Vec<String> = header.iter().map(|name| name.trim().to_string()).collect();
        let resolved = Resolved::new(layout, &path, &header)?;
        let further_named = matches!(layout.further, super::Further::Named(_));
        let kinds = vec![if further_named { Kind::Number } else { Kind::Unknown }; resolved.further.len()];
        Ok(Self { path, reader, resolved, time, kinds, further_named, record: ByteRecord::new(), done: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    pub(crate) fn ignored(&self) -> Vec<String> {
        let columns = self.resolved.further.iter().zip(&self.kinds);
        columns.filter(|(_, kind)| **kind == Kind::Text).map(|((_, name), _)| name.clone()).collect()
    }

    /// Reads the record at hand into the batch, all of it or nothing.
    fn parse(&mut self, row: u64, batch: &mut Batch) -> Result<(), DataError> {
        let stamp = self.stamp(row)?;
        let numbers = self.resolved.numbers.iter().map(|column| match column {
            Some((position, name)) => self.number(row, *position, name),
            None => Ok(None),
        });
        let numbers: Vec<Option<f64>> = numbers.collect::<Result<_, _>>()?;
        let side = self.side(row)?;
        let mut further = Vec::with_capacity(self.kinds.len());
        for column in 0..self.kinds.len() {
            further.push(self.further(row, column)?);
        }
        batch.rows.push(row);
        batch.stamps.push(stamp);
        push_row(&mut batch.numbers, numbers);
        push_row(&mut batch.further, further);
        if self.resolved.side.is_some() {
            batch.sides.push(side);
        }
        Ok(())
    }

    fn stamp(&self, row: u64) -> Result<Stamp, DataError> {
        let (position, name) = &self.resolved.ts;
        let text = self.cell(*position);
        self.time.text(&text).map_err(|no_time| self.bad(row, name, &text, no_time.problem, no_time.accepted))
    }

    fn number(&self, row: u64, position: usize, name: &str) -> Result<Option<f64>, DataError> {
        let Some(bytes) = self.record.get(position) else { return Ok(None) };
        match number(bytes) {
            Ok(value) => Ok(value),
            Err(problem) => Err(self.bad(row, name, &String::from_utf8_lossy(bytes), problem, "a finite number")),
        }
    }

    fn side(&self, row: u64) -> Result<Option<Aggressor>, DataError> {
        let Some((position, name)) = &self.resolved.side else { return Ok(None) };
        let text = self.cell(*position);
        aggressor(&text).ok_or_else(|| self.bad(row, name, &text, "not a side", SIDES))
    }

    fn further(&mut self, row: u64, column: usize) -> Result<Option<f64>, DataError> {
        let (position, name) = &self.resolved.further[column];
        let kind = self.kinds[column];
        if kind == Kind::Text {
            return Ok(None);
        }
        match self.number(row, *position, name) {
            Ok(Some(value)) => {
                self.kinds[column] = Kind::Number;
                Ok(Some(value))
            }
            Err(_) if kind == Kind::Unknown && !self.further_named => {
                self.kinds[column] = Kind::Text;
                Ok(None)
            }
            other => other,
        }
    }

    fn cell(&self, position: usize) -> String {
        String::from_utf8_lossy(self.record.get(position).unwrap_or_default()).trim().to_string()
    }

    fn bad(&self, row: u64, column: &str, value: &str, problem: &'static str, accepted: &str) -> DataError {
        let (path, column) = (self.path.clone(), column.to_string());
        DataError::BadValue { path, row, column, value: one_line(value), problem, accepted: accepted.to_string() }
    }
}

impl Iterator for CsvBatches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut batch = Batch::shaped(&self.resolved);
        while batch.rows.len() + batch.refused.len() < BATCH_ROWS {
            // The line on which this record begins, blank lines before it not counted in.
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => {
                    let row = self.record.position().map_or(0, csv::Position::line);
                    if let Err(error) = self.parse(row, &mut batch) {
                        batch.refused.push(error);
                    }
                }
                Ok(false) => {
                    self.done = true;
                    break;
                }
                Err(error) => match ragged(&self.path, &error) {
                    Some(bad_row) => batch.refused.push(bad_row),
                    None => {
                        self.done = true;
                        return Some(Err(not_csv(&self.path, &error)));
                    }
                },
            }
        }
        (!(batch.rows.is_empty() && batch.refused.is_empty())).then_some(Ok(batch))
    }
}

/// A CSV reader over the bytes, with the separator that the header uses.
pub(crate) fn reader(bytes: &Bytes) -> Result<csv::Reader<Box<dyn Read + Send>>, DataError> {
    let source: Box<dyn Read + Send> = match bytes {
        Bytes::File(path) => Box::new(File::open(path).map_err(|error| DataError::io(path, &error))?),
        Bytes::Embedded(_, bytes) => Box::new(*bytes),
    };
    let mut buffered = BufReader::with_capacity(BUFFER_BYTES, source);
    let start = buffered.fill_buf().map_err(|error| DataError::io(bytes.path(), &error))?;
    let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().find(|byte| header.contains(byte)).unwrap_or(b',');
    Ok(csv::ReaderBuilder::new().delimiter(delimiter).from_reader(Box::new(buffered)))
}

pub(crate) fn not_csv(path: &Path, error: &csv::Error) -> DataError {
    match error.kind() {
        csv::ErrorKind::Io(error) => DataError::io(path, error),
        _ => {
            DataError::NotReadable { path: path.to_path_buf(), expected: "CSV", message: one_line(&error.to_string()) }
        }
    }
}

/// A record with too few or too many fields, as a bad row.
pub(crate) fn ragged(path: &Path, error: &csv::Error) -> Option<DataError> {
    let csv::ErrorKind::UnequalLengths { pos, expected_len, len } = error.kind() else { return None };
    Some(DataError::BadRow {
        path: path.to_path_buf(),
        row: pos.as_ref().map_or(0, csv::Position::line),
        problem: format!("{len} values under {expected_len} columns"),
        accepted: "one value a column",
    })
}

/// A number, or `None` where the cell is empty or says that there is none.
fn number(bytes: &[u8]) -> Result<Option<f64>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not a number")?.trim();
    if text.is_empty() || ["nan", "na", "null"].iter().any(|none| text.eq_ignore_ascii_case(none)) {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        Ok(_) => Err("not finite"),
        Err(_) => Err("not a number"),
    }
}

fn push_row(columns: &mut [Vec<Option<f64>>], row: Vec<Option<f64>>) {
    for (column, value) in columns.iter_mut().zip(row) {
        column.push(value);
    }
}
