//! Parquet tables, read in slices that never cross a row group, so that memory does not grow with the file.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use polars::prelude::{DataType, PolarsError, Series};

use super::batch::Batch;
use super::bytes::Bytes;
use super::layout::{Layout, Resolved};
use super::parquet_cells::{self as cells, BadCell, BadColumn, Cells};
use super::parquet_file::{ParquetFile, not_parquet};
use super::quiet::caught;
use crate::error::DataError;
use crate::time::TimeReader;

/// Rows a slice at most: 8 MiB a column.
const BATCH_ROWS: usize = 1 << 18;

/// The batches of a Parquet file.
pub(crate) struct ParquetBatches {
    file: ParquetFile,
    resolved: Resolved,
    ignored: Vec<String>,
    /// The fields to read, and the field of each name.
    wanted: Vec<usize>,
    fields: HashMap<String, usize>,
    time: TimeReader,
    next: Slice,
    sha256: String,
    /// Whether the unit of the times is known, or they are no numbers.
    is_settled: bool,
}

/// Rows of one group.
#[derive(Debug, Clone, Copy, Default)]
struct Slice {
    group: usize,
    /// Rows of the file before the group, and of the group before the slice.
    before_group: usize,
    start: usize,
    rows: usize,
}

impl ParquetBatches {
    pub(crate) fn open(bytes: &Bytes, layout: &Layout, time: TimeReader) -> Result<Self, DataError> {
        let file = ParquetFile::open(bytes)?;
        let names: Vec<String> = file.fields().iter().map(|field| field.name.to_string()).collect();
        let mut resolved = Resolved::new(layout, file.path(), &names)?;
        let is_number = |position: usize| cells::is_number(&DataType::from_arrow_field(&file.fields()[position]));
        let is_number = |position: usize| caught(|| is_number(position)).unwrap_or(false);
        let texts = resolved.further.iter().filter(|(position, _)| !is_number(*position));
        let ignored = texts.map(|(_, name)| name.clone()).collect();
        resolved.further.retain(|(position, _)| is_number(*position));
        let columns = resolved
            .numbers
            .iter()
            .chain([&resolved.side, &resolved.symbol])
            .flatten()
            .chain([&resolved.ts])
            .chain(&resolved.further);
        let mut wanted: Vec<usize> = columns.map(|(position, _)| *position).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let fields = names.into_iter().enumerate().map(|(position, name)| (name, position)).collect();
        Ok(Self {
            file,
            resolved,
            ignored,
            wanted,
            fields,
            time,
            next: Slice::default(),
            sha256: String::new(),
            is_settled: false,
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

    /// The rows that come next, if there are any.
    fn slice(&mut self) -> Option<Slice> {
        loop {
            let rows = self.file.rows_of(self.next.group)?;
            if self.next.start < rows {
                let slice = Slice { rows: BATCH_ROWS.min(rows - self.next.start), ..self.next };
                self.next.start += slice.rows;
                return Some(slice);
            }
            let before_group = self.next.before_group.saturating_add(rows);
            self.next = Slice { group: self.next.group + 1, before_group, ..Slice::default() };
        }
    }

    fn batch(&mut self, slice: Slice) -> Result<Batch, DataError> {
        self.file.load(slice.group, &self.wanted)?;
        if !self.is_settled {
            let first = self.column(slice, &self.resolved.ts.1, |series| Ok(cells::first_integer(series)?))?;
            first.iter().for_each(|first| self.time.settle_by(*first));
            self.is_settled = first.is_some();
        }
        let Resolved { ts: (_, ts_name), numbers, side, symbol, further } = &self.resolved;
        let stamps = self.column(slice, ts_name, |series| cells::stamps(series, &self.time))?;
        let sides = match side {
            Some((_, name)) => self.column(slice, name, cells::sides)?,
            None => Cells { values: Vec::new(), bad: Vec::new() },
        };
        let symbols = match symbol {
            Some((_, name)) => self.column(slice, name, cells::texts)?,
            None => Vec::new(),
        };
        let number = |name: &String| self.column(slice, name, cells::numbers);
        let optional =
            |column: &Option<(usize, String)>| column.as_ref().map_or(Ok(Vec::new()), |(_, name)| number(name));
        let first_row = (slice.before_group + slice.start) as u64 + 1;
        let mut batch = Batch {
            rows: (first_row..first_row + slice.rows as u64).collect(),
            stamps: stamps.values,
            numbers: numbers.iter().map(optional).collect::<Result<_, _>>()?,
            sides: sides.values,
            symbols,
            further: further.iter().map(|(_, name)| number(name)).collect::<Result<_, _>>()?,
            refused: Vec::new(),
        };
        // The time is read first, so of two bad cells in a row it is the one that is named.
        let mut bad: BTreeMap<usize, DataError> = BTreeMap::new();
        let side_name = side.as_ref().map_or("", |(_, name)| name);
        let with_names = stamps.bad.into_iter().map(|cell| (ts_name.as_str(), cell));
        for (name, (row, cell)) in with_names.chain(sides.bad.into_iter().map(|cell| (side_name, cell))) {
            bad.entry(row).or_insert_with(|| self.bad(first_row + row as u64, name, cell));
        }
        if !bad.is_empty() {
            batch.keep(|row| !bad.contains_key(&row));
            batch.refused = bad.into_values().collect();
        }
        Ok(batch)
    }

    fn column<T>(
        &self,
        slice: Slice,
        name: &str,
        read: impl Fn(&Series) -> Result<T, BadColumn>,
    ) -> Result<T, DataError> {
        let field = self.fields[name];
        let series = self.file.values(field, slice.start..slice.start + slice.rows)?;
        let of_library = |error: PolarsError| not_parquet(self.path(), &error.to_string());
        let values = caught(|| read(&series.rechunk())).map_err(|panic| not_parquet(self.path(), &panic))?;
        values.map_err(|bad| match bad {
            BadColumn::Polars(error) => of_library(error),
            BadColumn::Type(accepted) => {
                let message = format!("column `{name}` holds {}; accepted: {accepted}", series.dtype());
                not_parquet(self.path(), &message)
            }
        })
    }

    fn bad(&self, row: u64, column: &str, cell: BadCell) -> DataError {
        let (path, column) = (self.path().to_path_buf(), column.to_string());
        let BadCell { value, problem, accepted } = cell;
        DataError::BadValue { path, row, column, value, problem, accepted: accepted.to_string() }
    }
}

impl Iterator for ParquetBatches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.slice() {
            Some(slice) => Some(self.batch(slice)),
            None if self.sha256.is_empty() => match self.file.finish() {
                Ok(sha256) => {
                    self.sha256 = sha256;
                    None
                }
                Err(error) => Some(Err(error)),
            },
            None => None,
        }
    }
}
