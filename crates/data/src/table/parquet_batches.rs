//! Parquet tables, read in slices that never cross a row group, so that memory does not grow with the file.

use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars::prelude::{
    DataFrame, DataType, FileMetadataRef, ParallelStrategy, ParquetReader, PolarsError, PolarsResult, SerReader,
    Series, TimeUnit,
};
use scaleout_market::{Aggressor, Timestamp};

use super::{Batch, Bytes, Layout, Resolved, SIDES, aggressor};
use crate::DataError;
use crate::error::one_line;
use crate::time::{NoTime, Stamp, TimeReader};

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
    resolved: Resolved,
    ignored: Vec<String>,
    columns: Vec<String>,
    time: TimeReader,
    /// Start and length of every slice, the next one last.
    slices: Vec<(usize, usize)>,
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
        let is_number = |position: usize| types[position].1.is_primitive_numeric() || types[position].1.is_bool();
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
        Ok(Self { path, source, metadata, resolved, ignored, columns, time, slices })
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

    fn read(&mut self, slice: (usize, usize)) -> PolarsResult<DataFrame> {
        let columns = self.columns.clone();
        match &mut self.source {
            Source::File(file) => frame(ParquetReader::new(file), &self.metadata, columns, slice),
            Source::Embedded(bytes) => frame(ParquetReader::new(Cursor::new(*bytes)), &self.metadata, columns, slice),
        }
    }

    fn batch(&mut self, slice: (usize, usize)) -> Result<Batch, DataError> {
        let frame = self.read(slice).map_err(|error| not_parquet(&self.path, &error))?;
        let mut batch = Batch::shaped(&self.resolved);
        let stamps = self.stamps(&frame, &self.resolved.ts.1)?;
        let sides = match &self.resolved.side {
            Some((_, name)) => self.sides(&frame, name)?,
            None => Vec::new(),
        };
        let numbers = self.resolved.numbers.iter().map(|column| match column {
            Some((_, name)) => self.numbers(&frame, name),
            None => Ok(Vec::new()),
        });
        batch.numbers = numbers.collect::<Result<_, _>>()?;
        batch.further =
            self.resolved.further.iter().map(|(_, name)| self.numbers(&frame, name)).collect::<Result<_, _>>()?;
        batch.rows = (slice.0 as u64 + 1..=(slice.0 + slice.1) as u64).collect();
        let refused: Vec<Option<DataError>> = (0..slice.1)
            .map(|i| {
                let problem = stamps[i].as_ref().err().map(|no_time| (&self.resolved.ts.1, no_time.clone()));
                let problem = problem.or_else(|| {
                    let side = sides.get(i)?.as_ref().err()?;
                    let name = &self.resolved.side.as_ref()?.1;
                    Some((name, BadCell { value: side.clone(), problem: "not a side", accepted: SIDES }))
                });
                problem.map(|(column, cell)| self.bad(slice.0 as u64 + i as u64 + 1, column, cell))
            })
            .collect();
        if refused.iter().any(Option::is_some) {
            let keep = |i: &usize| refused[*i].is_none();
            let kept: Vec<usize> = (0..slice.1).filter(keep).collect();
            batch.rows = kept.iter().map(|i| batch.rows[*i]).collect();
            for column in batch.numbers.iter_mut().chain(&mut batch.further).filter(|column| !column.is_empty()) {
                *column = kept.iter().map(|i| column[*i]).collect();
            }
        }
        batch.stamps = stamps
            .into_iter()
            .zip(&refused)
            .filter(|(_, bad)| bad.is_none())
            .filter_map(|(stamp, _)| stamp.ok())
            .collect();
        batch.sides = sides
            .into_iter()
            .zip(&refused)
            .filter(|(_, bad)| bad.is_none())
            .filter_map(|(side, _)| side.ok())
            .collect();
        batch.refused = refused.into_iter().flatten().collect();
        Ok(batch)
    }

    fn series(&self, frame: &DataFrame, name: &str) -> Result<Series, DataError> {
        let column = frame.column(name).map_err(|error| not_parquet(&self.path, &error))?;
        Ok(column.as_materialized_series().rechunk())
    }

    fn numbers(&self, frame: &DataFrame, name: &str) -> Result<Vec<Option<f64>>, DataError> {
        let series = self.series(frame, name)?;
        if !(series.dtype().is_primitive_numeric() || series.dtype().is_bool()) {
            return Err(self.wrong_type(name, series.dtype(), "numbers"));
        }
        let cast = series.cast(&DataType::Float64).map_err(|error| not_parquet(&self.path, &error))?;
        let values = cast.f64().map_err(|error| not_parquet(&self.path, &error))?;
        Ok(values.iter().map(|value| value.filter(|value| !value.is_nan())).collect())
    }

    fn sides(&self, frame: &DataFrame, name: &str) -> Result<Vec<Result<Option<Aggressor>, String>>, DataError> {
        let series = self.series(frame, name)?;
        if let Ok(texts) = series.str() {
            let read = |text: Option<&str>| {
                let text = text.unwrap_or_default();
                aggressor(text).ok_or_else(|| one_line(text))
            };
            return Ok(texts.iter().map(read).collect());
        }
        let read = |value: Option<f64>| match value {
            None => Ok(None),
            Some(1.0) => Ok(Some(Aggressor::Buy)),
            Some(-1.0) => Ok(Some(Aggressor::Sell)),
            Some(other) => Err(other.to_string()),
        };
        Ok(self.numbers(frame, name)?.into_iter().map(read).collect())
    }

    fn stamps(&self, frame: &DataFrame, name: &str) -> Result<Vec<Result<Stamp, BadCell>>, DataError> {
        let series = self.series(frame, name)?;
        let polars = |error: PolarsError| not_parquet(&self.path, &error);
        if let Ok(texts) = series.str() {
            let read = |text: Option<&str>| {
                let text = text.unwrap_or_default();
                self.time.text(text).map_err(|no_time| BadCell::new(text, no_time))
            };
            return Ok(texts.iter().map(read).collect());
        }
        let physical = series.to_physical_repr();
        if series.dtype() == &DataType::Date {
            let days = physical.i32().map_err(polars)?;
            return Ok(days.iter().map(|day| self.stamp(day, |day| self.time.day_number(day))).collect());
        }
        let to_nanos = |unit: &TimeUnit, value: i64| {
            let factor = match unit {
                TimeUnit::Nanoseconds => 1,
                TimeUnit::Microseconds => 1_000,
                TimeUnit::Milliseconds => 1_000_000,
            };
            value.checked_mul(factor).ok_or(crate::time::OUT_OF_RANGE)
        };
        let read = |value: i64| -> Result<Timestamp, NoTime> {
            match series.dtype() {
                DataType::Datetime(unit, Some(_)) => to_nanos(unit, value).map(Timestamp::from_nanos),
                DataType::Datetime(unit, None) => self.time.local_nanos(to_nanos(unit, value)?),
                _ => self.time.integer(value),
            }
        };
        if !(series.dtype().is_integer() || series.dtype().is_temporal()) {
            return Err(self.wrong_type(name, series.dtype(), "integers, dates, datetimes or text"));
        }
        let integers = physical.cast(&DataType::Int64).map_err(polars)?;
        let integers = integers.i64().map_err(polars)?;
        Ok(integers.iter().map(|value| self.stamp(value, |value| read(value).map(Stamp::Moment))).collect())
    }

    fn stamp<T: ToString + Copy>(
        &self,
        value: Option<T>,
        read: impl Fn(T) -> Result<Stamp, NoTime>,
    ) -> Result<Stamp, BadCell> {
        let Some(value) = value else {
            return Err(BadCell { value: String::new(), problem: "missing", accepted: "a time in every row" });
        };
        read(value).map_err(|no_time| BadCell::new(&value.to_string(), no_time))
    }

    fn bad(&self, row: u64, column: &str, cell: BadCell) -> DataError {
        let (path, column) = (self.path.clone(), column.to_string());
        let BadCell { value, problem, accepted } = cell;
        DataError::BadValue { path, row, column, value, problem, accepted: accepted.to_string() }
    }

    fn wrong_type(&self, name: &str, found: &DataType, accepted: &str) -> DataError {
        let message = format!("column `{name}` holds {found}; accepted: {accepted}");
        DataError::NotReadable { path: self.path.clone(), expected: "Parquet", message }
    }
}

impl Iterator for ParquetBatches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let slice = self.slices.pop()?;
        Some(self.batch(slice))
    }
}

#[derive(Debug, Clone)]
struct BadCell {
    value: String,
    problem: &'static str,
    accepted: &'static str,
}

impl BadCell {
    fn new(value: &str, no_time: NoTime) -> Self {
        Self { value: one_line(value), problem: no_time.problem, accepted: no_time.accepted }
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
    metadata: &FileMetadataRef,
    columns: Vec<String>,
    slice: (usize, usize),
) -> PolarsResult<DataFrame> {
    reader.set_metadata(metadata.clone());
    reader.with_columns(Some(columns)).with_slice(Some(slice)).read_parallel(ParallelStrategy::None).finish()
}

/// Slices of at most [`BATCH_ROWS`] rows that never cross a row group, the first one last.
fn slices(metadata: &FileMetadataRef) -> Vec<(usize, usize)> {
    let mut slices = Vec::new();
    let mut start = 0;
    for group in &metadata.row_groups {
        let end = start + group.num_rows();
        while start < end {
            let rows = BATCH_ROWS.min(end - start);
            slices.push((start, rows));
            start += rows;
        }
    }
    slices.reverse();
    slices
}

fn not_parquet(path: &Path, error: &PolarsError) -> DataError {
    DataError::NotReadable { path: path.to_path_buf(), expected: "Parquet", message: one_line(&error.to_string()) }
}
