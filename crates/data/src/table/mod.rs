//! Rows of any tabular file as typed batches: one door for text, Parquet and Arrow.
//!
//! A batch holds what the layout asked for, and beside it the rows that could not be parsed; the consumer of the
//! batch meets those in order of the file, so that the first bad row is the one that is named.

mod arrow_batches;
mod arrow_column;
mod arrow_file;
mod arrow_schema;
mod batch;
mod bytes;
mod csv_batches;
mod json_rows;
mod layout;
mod packed;
mod parquet_batches;
mod parquet_cells;
mod parquet_file;
mod parquet_pages;
mod quiet;
mod records;
mod side;
mod text;

use std::path::Path;

pub(crate) use arrow_file::arrow_names;
pub(crate) use batch::Batch;
pub(crate) use bytes::Bytes;
pub(crate) use json_rows::JsonRows;
pub(crate) use layout::{Further, Layout, Resolved, Wanted};
pub(crate) use packed::unpacked;
pub(crate) use records::{Record, Records};
pub(crate) use text::TextTable;

use crate::error::DataError;
use crate::format::FileFormat;
use crate::formats::TableShape;
use crate::time::TimeReader;

use arrow_batches::ArrowBatches;
use csv_batches::CsvBatches;
use parquet_batches::ParquetBatches;

/// The batches of one file, whatever its format.
pub(crate) enum OpenTable {
    Csv(Box<CsvBatches>),
    Parquet(Box<ParquetBatches>),
    Arrow(Box<ArrowBatches>),
}

impl OpenTable {
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
            FileFormat::Arrow => Self::Arrow(Box::new(ArrowBatches::open(bytes.path(), layout, time)?)),
        })
    }

    /// Opens an export of bars.
    pub(crate) fn open_shaped(
        bytes: &Bytes,
        layout: &Layout,
        time: TimeReader,
        shape: TableShape,
    ) -> Result<Self, DataError> {
        Ok(Self::Csv(Box::new(CsvBatches::open_shaped(bytes, layout, time, shape)?)))
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Csv(table) => table.path(),
            Self::Parquet(table) => table.path(),
            Self::Arrow(table) => table.path(),
        }
    }

    /// The columns as the file names them. Which of the further ones are numbers is known after the last batch.
    pub(crate) fn resolved(&self) -> &Resolved {
        match self {
            Self::Csv(table) => table.resolved(),
            Self::Parquet(table) => table.resolved(),
            Self::Arrow(table) => table.resolved(),
        }
    }

    /// The digest of the file, known after the last batch; empty before.
    pub(crate) fn sha256(&self) -> String {
        match self {
            Self::Csv(table) => table.sha256(),
            Self::Parquet(table) => table.sha256(),
            Self::Arrow(table) => table.sha256(),
        }
    }

    /// Further columns whose first value is no number; they are left out and reported.
    pub(crate) fn ignored(&self) -> Vec<String> {
        match self {
            Self::Csv(table) => table.ignored(),
            Self::Parquet(table) => table.ignored(),
            Self::Arrow(table) => table.ignored(),
        }
    }
}

impl Iterator for OpenTable {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Csv(table) => table.next(),
            Self::Parquet(table) => table.next(),
            Self::Arrow(table) => table.next(),
        }
    }
}
