//! Parquet tables, read in slices that never cross a row group, so that memory does not grow with the file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::{
    DataFrame, DataType, FileMetadata, FileMetadataRef, ParallelStrategy, ParquetReader, PolarsError, PolarsResult,
    SerReader, Series,
};

use super::parquet_cells::{self as cells, BadCell, BadColumn, Cells};
use super::{Batch, Bytes, Layout, Resolved};
use crate::DataError;
use crate::error::one_line;
use crate::time::TimeReader;

/// Rows a slice at most: 8 MiB a column.
const BATCH_ROWS: usize = 1 << 18;

enum Source {
    File(File),
    Embedded(&'static [u8]),
}

/// The batches of a Parquet file.
pub(crate) struct ParquetBatches {
    path: PathBuf,
    source: Source,
    metadata: FileMetadataRef,
    /// The same without its groups of rows.
    no_groups: FileMetadataRef,
    resolved: Resolved,
    ignored: Vec<String>,
    columns: Vec<String>,
    time: TimeReader,
    /// The next one last.
    slices: Vec<Slice>,
}

/// Rows of one group.
#[derive(Clone, Copy)]
struct Slice {
    group: usize,
    /// Rows of the file before the group, and of the group before the slice.
    before_group: usize,
    start: usize,
    rows: usize,
}

impl ParquetBatches {
    pub(crate) fn open(bytes: &Bytes, layout: &Layout, time: TimeReader) -> Result<Self, DataError> {
        let path = bytes.path().to_path_buf();
        let source = match bytes {
            Bytes::File(path) => Source::File(File::open(path).map_err(|error| DataError::io(path, &error))?),
            Bytes::Embedded(_, bytes) => Source::Embedded(bytes),
        };
        let (metadata, types) = header(&source).map_err(|error| not_parquet(&path, &error))?;
        let names: Vec<String> = types.iter().map(|(name, _)| name.clone()).collect();
        let mut resolved = Resolved::new(layout, &path, &names)?;
        let is_number = |position: usize| cells::is_number(&types[position].1);
        let texts = resolved.further.iter().filter(|(position, _)| !is_number(*position));
        let ignored = texts.map(|(_, name)| name.clone()).collect();
        resolved.further.retain(|(position, _)| is_number(*position));
        let mut columns: Vec<String> = Vec::new();
        let wanted =
            resolved.numbers.iter().chain([&resolved.side]).flatten().chain([&resolved.ts]).chain(&resolved.further);
        for (_, name) in wanted {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        let slices = slices(&metadata);
        let mut no_groups = FileMetadata::clone(&metadata);
        no_groups.row_groups.clear();
        let no_groups = Arc::new(no_groups);
        Ok(Self { path, source, metadata, no_groups, resolved, ignored, columns, time, slices })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    pub(crate) fn ignored(&self) -> Vec<String> {
        self.ignored.clone()
    }

    fn read(&mut self, slice: Slice) -> PolarsResult<DataFrame> {
        let (columns, group) = (self.columns.clone(), self.alone(slice.group));
        let rows = (slice.start, slice.rows);
        match &mut self.source {
            Source::File(file) => frame(ParquetReader::new(file), group, columns, rows),
            Source::Embedded(bytes) => frame(ParquetReader::new(Cursor::new(*bytes)), group, columns, rows),
        }
    }

    /// What the file would say of itself if it had no other group of rows. Where there are several, polars looks into
    /// each one before the slice, so that time and mapped memory would grow with the file.
    fn alone(&self, group: usize) -> FileMetadataRef {
        let mut alone = FileMetadata::clone(&self.no_groups);
        let group = self.metadata.row_groups[group].clone();
        alone.num_rows = group.num_rows();
        alone.row_groups = vec![group];
        Arc::new(alone)
    }

    fn batch(&mut self, slice: Slice) -> Result<Batch, DataError> {
        let frame = self.read(slice).map_err(|error| not_parquet(&self.path, &error))?;
        let Resolved { ts: (_, ts_name), numbers, side, further } = &self.resolved;
        let stamps = self.column(&frame, ts_name, |series| cells::stamps(series, &self.time))?;
        let sides = match side {
            Some((_, name)) => self.column(&frame, name, cells::sides)?,
            None => Cells { values: Vec::new(), bad: Vec::new() },
        };
        let number = |name: &String| self.column(&frame, name, cells::numbers);
        let optional =
            |column: &Option<(usize, String)>| column.as_ref().map_or(Ok(Vec::new()), |(_, name)| number(name));
        let first_row = (slice.before_group + slice.start) as u64 + 1;
        let mut batch = Batch {
            rows: (first_row..first_row + slice.rows as u64).collect(),
            stamps: stamps.values,
            numbers: numbers.iter().map(optional).collect::<Result<_, _>>()?,
            sides: sides.values,
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
        frame: &DataFrame,
        name: &str,
        read: impl Fn(&Series) -> Result<T, BadColumn>,
    ) -> Result<T, DataError> {
        let column = frame.column(name).map_err(|error| not_parquet(&self.path, &error))?;
        let series = column.as_materialized_series().rechunk();
        read(&series).map_err(|bad| match bad {
            BadColumn::Polars(error) => not_parquet(&self.path, &error),
            BadColumn::Type(accepted) => DataError::NotReadable {
                path: self.path.clone(),
                expected: "Parquet",
                message: format!("column `{name}` holds {}; accepted: {accepted}", series.dtype()),
            },
        })
    }

    fn bad(&self, row: u64, column: &str, cell: BadCell) -> DataError {
        let (path, column) = (self.path.clone(), column.to_string());
        let BadCell { value, problem, accepted } = cell;
        DataError::BadValue { path, row, column, value, problem, accepted: accepted.to_string() }
    }
}

impl Iterator for ParquetBatches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let slice = self.slices.pop()?;
        Some(self.batch(slice))
    }
}

fn header(source: &Source) -> PolarsResult<(FileMetadataRef, Vec<(String, DataType)>)> {
    fn of<R: polars::io::mmap::MmapBytesReader>(reader: R) -> PolarsResult<(FileMetadataRef, Vec<(String, DataType)>)> {
        let mut reader = ParquetReader::new(reader);
        let metadata = reader.get_metadata()?.clone();
        let schema = reader.schema()?;
        let types = schema.iter_values().map(|field| (field.name.to_string(), DataType::from_arrow_field(field)));
        Ok((metadata, types.collect()))
    }
    match source {
        Source::File(file) => of(file.try_clone()?),
        Source::Embedded(bytes) => of(Cursor::new(*bytes)),
    }
}

fn frame<R: polars::io::mmap::MmapBytesReader>(
    mut reader: ParquetReader<R>,
    group: FileMetadataRef,
    columns: Vec<String>,
    rows: (usize, usize),
) -> PolarsResult<DataFrame> {
    reader.set_metadata(group);
    reader.with_columns(Some(columns)).with_slice(Some(rows)).read_parallel(ParallelStrategy::None).finish()
}

/// Slices of at most [`BATCH_ROWS`] rows that never cross a row group, the first one last.
fn slices(metadata: &FileMetadataRef) -> Vec<Slice> {
    let mut slices = Vec::new();
    let mut before_group = 0;
    for (group, size) in metadata.row_groups.iter().map(|group| group.num_rows()).enumerate() {
        let starts = (0..size).step_by(BATCH_ROWS);
        slices.extend(starts.map(|start| Slice { group, before_group, start, rows: BATCH_ROWS.min(size - start) }));
        before_group += size;
    }
    slices.reverse();
    slices
}

fn not_parquet(path: &Path, error: &PolarsError) -> DataError {
    DataError::NotReadable { path: path.to_path_buf(), expected: "Parquet", message: one_line(&error.to_string()) }
}
