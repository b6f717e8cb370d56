//! Rows of any tabular file as typed batches: one door for text and Parquet.
//!
//! A batch holds what the layout asked for, and beside it the rows that could not be parsed; whoever consumes the
//! batch meets those in order of the file, so that the first bad row is the one that is named.

mod csv_batches;
mod layout;
mod parquet_batches;
mod parquet_cells;
mod parquet_file;
mod parquet_pages;
mod quiet;
mod records;
mod text;

use std::path::{Path, PathBuf};

use scaleout_market::Aggressor;

pub(crate) use layout::{Further, Layout, Resolved, Wanted};
pub(crate) use records::{Record, Records};
pub(crate) use text::TextTable;

use crate::error::DataError;
use crate::format::FileFormat;
use crate::input::{sha256_of, sha256_of_file};
use crate::time::{Stamp, TimeReader};

use csv_batches::CsvBatches;
use parquet_batches::ParquetBatches;

/// Some thousand consecutive rows of a file.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The number of each row, as an editor shows it.
    pub(crate) rows: Vec<u64>,
    pub(crate) stamps: Vec<Stamp>,
    /// The wanted numbers, column by column in the layout's order; an absent optional column is empty.
    pub(crate) numbers: Vec<Vec<Option<f64>>>,
    /// Who crossed the spread, if the layout asks and the file says; else empty.
    pub(crate) sides: Vec<Option<Aggressor>>,
    /// The further columns.
    pub(crate) further: Vec<Vec<Option<f64>>>,
    /// Rows that could not be parsed, in order.
    pub(crate) refused: Vec<DataError>,
}

impl Batch {
    fn shaped(resolved: &Resolved) -> Self {
        Self {
            numbers: vec![Vec::new(); resolved.numbers.len()],
            further: vec![Vec::new(); resolved.further.len()],
            ..Self::default()
        }
    }

    /// Keeps the rows at these positions.
    fn keep(&mut self, wanted: impl Fn(usize) -> bool) {
        fn keep<T>(values: &mut Vec<T>, wanted: &impl Fn(usize) -> bool) {
            let mut position = 0;
            values.retain(|_| {
                position += 1;
                wanted(position - 1)
            });
        }
        keep(&mut self.rows, &wanted);
        keep(&mut self.stamps, &wanted);
        keep(&mut self.sides, &wanted);
        self.numbers.iter_mut().chain(&mut self.further).for_each(|column| keep(column, &wanted));
    }

    /// One number of one row.
    pub(crate) fn number(&self, column: usize, row: usize) -> Option<f64> {
        self.numbers[column].get(row).copied().flatten()
    }
}

/// Where the bytes of a table come from.
#[derive(Debug, Clone)]
pub(crate) enum Bytes {
    File(PathBuf),
    /// Compiled into the program; the path is the name shown in messages.
    Embedded(PathBuf, &'static [u8]),
}

impl Bytes {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Embedded(path, _) => path,
        }
    }

    /// The digest, found in a pass of its own.
    pub(crate) fn sha256(&self) -> Result<String, DataError> {
        match self {
            Self::File(path) => sha256_of_file(path),
            Self::Embedded(_, bytes) => Ok(sha256_of(bytes)),
        }
    }
}

/// The batches of one file, whatever its format.
pub(crate) enum Table {
    Csv(Box<CsvBatches>),
    Parquet(Box<ParquetBatches>),
}

impl Table {
    /// Opens the file and finds the layout's columns in it.
    pub(crate) fn open(
        bytes: &Bytes,
        format: FileFormat,
        layout: &Layout,
        time: TimeReader,
    ) -> Result<Self, DataError> {
        Ok(match format {
            FileFormat::Csv => Self::Csv(Box::new(CsvBatches::open(bytes, layout, time)?)),
            FileFormat::Parquet => Self::Parquet(Box::new(ParquetBatches::open(bytes, layout, time)?)),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Csv(table) => table.path(),
            Self::Parquet(table) => table.path(),
        }
    }

    /// The columns as the file names them. Which of the further ones are numbers is known after the last batch.
    pub(crate) fn resolved(&self) -> &Resolved {
        match self {
            Self::Csv(table) => table.resolved(),
            Self::Parquet(table) => table.resolved(),
        }
    }

    /// The digest of the file, known after the last batch; empty before.
    pub(crate) fn sha256(&self) -> String {
        match self {
            Self::Csv(table) => table.sha256(),
            Self::Parquet(table) => table.sha256(),
        }
    }

    /// Further columns whose first value is no number; they are left out and reported.
    pub(crate) fn ignored(&self) -> Vec<String> {
        match self {
            Self::Csv(table) => table.ignored(),
            Self::Parquet(table) => table.ignored(),
        }
    }
}

impl Iterator for Table {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Csv(table) => table.next(),
            Self::Parquet(table) => table.next(),
        }
    }
}

/// Who crossed the spread, as files write it.
pub(crate) fn aggressor(text: &str) -> Option<Option<Aggressor>> {
    let text = text.trim();
    let is = |names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    if text.is_empty() {
        Some(None)
    } else if is(&["buy", "b", "1", "+1"]) {
        Some(Some(Aggressor::Buy))
    } else if is(&["sell", "s", "-1"]) {
        Some(Some(Aggressor::Sell))
    } else {
        None
    }
}

pub(crate) const SIDES: &str = "buy, sell, b, s, 1, -1 or nothing";
