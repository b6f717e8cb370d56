//! Tables on disk: written beside their place and moved there when they are complete, so that a reader never sees
//! half a file.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{Column as Series, DataFrame, ParquetCompression, ParquetWriter, PolarsError};

use crate::error::{DataError, one_line};
use crate::format::{FileFormat, Packing};

/// Values of one column of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whole numbers, times in nanoseconds among them.
    Integers(Vec<i64>),
    /// Numbers; `None` is an empty cell.
    Numbers(Vec<Option<f64>>),
    /// Words.
    Texts(Vec<String>),
}

/// A named column of a table to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// Name in the header.
    pub name: String,
    /// Its values, one a row.
    pub values: Values,
}

impl TableColumn {
    /// A column of this name.
    pub fn new(name: &str, values: Values) -> Self {
        Self { name: name.to_string(), values }
    }
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }
}

/// Writes a table batch by batch. The file appears under its name with [`TableWriter::finish`], and not at all
/// if the writer is dropped before.
///
/// CSV numbers are the shortest that read back to the same value; Parquet is compressed with zstd, every batch one
/// row group.
pub struct TableWriter {
    path: PathBuf,
    partial: PathBuf,
    sink: Option<Sink>,
}

enum Sink {
    /// Nothing written yet: the columns come with the first batch.
    Csv(Box<csv::Writer<File>>, Header),
    Empty(File),
    Parquet(Box<BatchedWriter<BufWriter<File>>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    Missing,
    Written,
}

/// Writes a whole table at once; see [`TableWriter`].
///
/// # Errors
/// If the file cannot be written, or the ending of its name says no format.
pub fn write_table(path: &Path, columns: &[TableColumn]) -> Result<(), DataError> {
    let mut writer = TableWriter::create(path)?;
    writer.write(columns)?;
    writer.finish()
}

/// A whole table as the bytes of a CSV.
///
/// # Errors
/// Names `path`, where the table is to go, if the bytes cannot be made.
pub fn csv_table(path: &Path, columns: &[TableColumn]) -> Result<Vec<u8>, DataError> {
    let failed = |message: String| DataError::Io { path: path.to_path_buf(), message: one_line(&message) };
    let height = columns.first().map_or(0, |column| column.values.len());
    let mut writer = csv::Writer::from_writer(Vec::new());
    write_csv(&mut writer, Header::Missing, columns, height).map_err(|error| failed(error.to_string()))?;
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

impl TableWriter {
    /// Opens a table for writing, in the format that the ending of its name says.
    ///
    /// # Errors
    /// If the file cannot be created, or the ending says no format.
    pub fn create(path: &Path) -> Result<Self, DataError> {
        const ACCEPTED: &str = ".csv, .tsv, .txt, .parquet, .pq";
        let unknown = || DataError::UnknownFormat { path: path.to_path_buf(), accepted: ACCEPTED };
        let format = FileFormat::of(path)?;
        if Packing::of(path).is_some() || format == FileFormat::Arrow {
            return Err(unknown());
        }
        let partial = partial_path(path);
        let file = File::create(&partial).map_err(|error| DataError::io(&partial, &error))?;
        let sink = match format {
            FileFormat::Csv => Sink::Csv(Box::new(csv::Writer::from_writer(file)), Header::Missing),
            FileFormat::Parquet | FileFormat::Arrow => Sink::Empty(file),
        };
        Ok(Self { path: path.to_path_buf(), partial, sink: Some(sink) })
    }

    /// Appends rows; every batch has the same columns.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// # Panics
    /// If the columns differ in length.
    pub fn write(&mut self, columns: &[TableColumn]) -> Result<(), DataError> {
        let height = columns.first().map_or(0, |column| column.values.len());
        assert!(
            columns.iter().all(|column| column.values.len() == height),
            "Invariant: columns of a table are equally long"
        );
        let sink = self.sink.take().expect("Invariant: a writer has a sink until it is finished");
        self.sink = Some(match sink {
            Sink::Csv(mut writer, header) => {
                write_csv(&mut writer, header, columns, height).map_err(|error| self.failed(&error.to_string()))?;
                Sink::Csv(writer, Header::Written)
            }
            Sink::Empty(file) => {
                let frame = frame(columns, height).map_err(|error| self.polars(&error))?;
                let writer = ParquetWriter::new(BufWriter::new(file));
                let writer = writer.with_compression(ParquetCompression::Zstd(None)).set_parallel(false);
                let mut writer = writer.batched(frame.schema()).map_err(|error| self.polars(&error))?;
                writer.write_batch(&frame).map_err(|error| self.polars(&error))?;
                Sink::Parquet(Box::new(writer))
            }
            Sink::Parquet(mut writer) => {
                let frame = frame(columns, height).map_err(|error| self.polars(&error))?;
                writer.write_batch(&frame).map_err(|error| self.polars(&error))?;
                Sink::Parquet(writer)
            }
        });
        Ok(())
    }

    /// Completes the table and moves it to its place, over an older one.
    ///
    /// # Errors
    /// If the file cannot be written, or no batch was.
    pub fn finish(mut self) -> Result<(), DataError> {
        match self.sink.take().expect("Invariant: a writer has a sink until it is finished") {
            Sink::Csv(mut writer, _) => writer.flush().map_err(|error| DataError::io(&self.partial, &error))?,
            Sink::Empty(_) => return Err(DataError::Empty { path: self.path.clone(), what: "columns to write" }),
            Sink::Parquet(writer) => {
                writer.finish().map_err(|error| self.polars(&error))?;
            }
        }
        fs::rename(&self.partial, &self.path).map_err(|error| DataError::io(&self.path, &error))
    }

    fn failed(&self, message: &str) -> DataError {
        DataError::Io { path: self.partial.clone(), message: one_line(message) }
    }

    fn polars(&self, error: &PolarsError) -> DataError {
        // What the system says is enough where the disk refuses.
        let text = error.to_string();
        self.failed(text.rsplit_once("underlying IO error: ").map_or(text.as_str(), |(_, said)| said))
    }
}

impl Drop for TableWriter {
    fn drop(&mut self) {
        // After `finish` there is nothing under this name, and nobody is left to hear of a failure.
        let _ = fs::remove_file(&self.partial);
    }
}

/// Replaces a small file in one step.
///
/// # Errors
/// If the file cannot be written.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let partial = partial_path(path);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    };
    write().map_err(|error| {
        // What a full disk took of it is of no use to anyone.
        let _ = fs::remove_file(&partial);
        DataError::io(path, &error)
    })
}

fn partial_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    path.with_file_name(name)
}

fn write_csv<W: Write>(
    writer: &mut csv::Writer<W>,
    header: Header,
    columns: &[TableColumn],
    height: usize,
) -> csv::Result<()> {
    if header == Header::Missing {
        writer.write_record(columns.iter().map(|column| &column.name))?;
    }
    for row in 0..height {
        for column in columns {
            match &column.values {
                Values::Integers(values) => writer.write_field(values[row].to_string())?,
                Values::Numbers(values) => {
                    writer.write_field(values[row].map(|value| value.to_string()).unwrap_or_default())?
                }
                Values::Texts(values) => writer.write_field(&values[row])?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

fn frame(columns: &[TableColumn], height: usize) -> Result<DataFrame, PolarsError> {
    let columns = columns.iter().map(|TableColumn { name, values }| match values {
        Values::Integers(values) => Series::new(name.as_str().into(), values),
        // A column without gaps is written without a validity mask.
        Values::Numbers(values) => Series::new(name.as_str().into(), values),
        Values::Texts(values) => Series::new(name.as_str().into(), values),
    });
    DataFrame::new(height, columns.collect())
}
