use std::path::{Path, PathBuf};

use scaleout_market::{BarError, EntryError, InstrumentError, SeriesError, Timestamp};
use thiserror::Error;

/// Why data cannot be read or written: each message is one line that names the place and what would be accepted.
///
/// Rows are numbered as an editor numbers the lines of a text file (the header is line 1); in a Parquet file the
/// first row is row 1.
#[derive(Debug, Error)]
pub enum DataError {
    /// The file or folder does not exist.
    #[error("{}: no such file or folder", path.display())]
    MissingFile {
        /// The path that was tried.
        path: PathBuf,
    },
    /// The system refused to read or write.
    #[error("{}: {message}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        message: String,
    },
    /// The file is not what its name or the config says.
    #[error("{}: not a readable {expected} file: {message}", path.display())]
    NotReadable {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What the reader found.
        message: String,
    },
    /// The ending of a file name says nothing about its format.
    #[error("{}: unknown file format; accepted endings: {accepted}", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// The endings that are understood.
        accepted: &'static str,
    },
    /// A column that is needed is not in the file.
    #[error("{}: no column `{column}` (accepted names: {accepted}); columns found: {found}", path.display())]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// What the column is for.
        column: String,
        /// The names it may have.
        accepted: String,
        /// The names in the file.
        found: String,
    },
    /// A column's name appears twice in the header.
    #[error("{}: column `{column}` appears twice; every column needs its own name", path.display())]
    ColumnTwice {
        /// The file.
        path: PathBuf,
        /// The repeated name.
        column: String,
    },
    /// One value is not acceptable.
    #[error("{}: row {row}, column `{column}`: `{value}` is {problem}; accepted: {accepted}", path.display())]
    BadValue {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// The column's name.
        column: String,
        /// The value as it stands in the file.
        value: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What would be accepted.
        accepted: String,
    },
    /// A row is known before its predecessor.
    #[error("{}: row {row}, column `{column}`: {ts} comes {relation} the row before it ({previous}); accepted: rows in order of time", path.display())]
    TimeGoesBack {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// The column's name.
        column: String,
        /// The offending time.
        ts: Timestamp,
        /// `before`, or `at the same time as`.
        relation: &'static str,
        /// The time of the row before.
        previous: Timestamp,
    },
    /// A row's numbers do not make a bar.
    #[error("{}: row {row}: {source}", path.display())]
    BadBar {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// Why.
        source: BarError,
    },
    /// A row's numbers do not make an entry.
    #[error("{}: row {row}: {source}", path.display())]
    BadEntry {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// Why.
        source: EntryError,
    },
    /// A row cannot be read at all.
    #[error("{}: row {row}: {problem}; accepted: {accepted}", path.display())]
    BadRow {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// What is wrong with it.
        problem: String,
        /// What would be accepted.
        accepted: &'static str,
    },
    /// Nothing is left to compute on.
    #[error("{}: no {what} in the file", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// `bars`, `trades`, `entries`.
        what: &'static str,
    },
    /// The bars do not form a series.
    #[error("{}: {source}", path.display())]
    Series {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SeriesError,
    },
    /// A `metadata.json` has a wrong or missing key.
    #[error("{}: {message}", path.display())]
    Metadata {
        /// The file.
        path: PathBuf,
        /// Key, place and what would be accepted.
        message: String,
    },
    /// A file is not the one its metadata describes.
    #[error("{}: sha256 is {found}, metadata.json says {expected}: the file was changed or is incomplete", path.display())]
    Sha256Mismatch {
        /// The file.
        path: PathBuf,
        /// What the metadata says.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// The instrument's numbers are out of range.
    #[error("{}: {source}", path.display())]
    Instrument {
        /// The file that describes the instrument.
        path: PathBuf,
        /// Why.
        source: InstrumentError,
    },
    /// A value of the configuration is wrong.
    #[error("data.{key}: {problem}; accepted: {accepted}")]
    Config {
        /// The key, below `data`.
        key: String,
        /// What is wrong.
        problem: String,
        /// What would be accepted.
        accepted: String,
    },
}

impl DataError {
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound {
            Self::MissingFile { path: path.to_path_buf() }
        } else {
            Self::Io { path: path.to_path_buf(), message: one_line(&error.to_string()) }
        }
    }

    pub(crate) fn config(key: &str, problem: impl Into<String>, accepted: impl Into<String>) -> Self {
        Self::Config { key: key.to_string(), problem: problem.into(), accepted: accepted.into() }
    }

    /// The row of the file that the error is about, if it is about one.
    pub fn row(&self) -> Option<u64> {
        match self {
            Self::BadValue { row, .. }
            | Self::TimeGoesBack { row, .. }
            | Self::BadBar { row, .. }
            | Self::BadEntry { row, .. }
            | Self::BadRow { row, .. } => Some(*row),
            Self::MissingFile { .. }
            | Self::Io { .. }
            | Self::NotReadable { .. }
            | Self::UnknownFormat { .. }
            | Self::MissingColumn { .. }
            | Self::ColumnTwice { .. }
            | Self::Empty { .. }
            | Self::Series { .. }
            | Self::Metadata { .. }
            | Self::Sha256Mismatch { .. }
            | Self::Instrument { .. }
            | Self::Config { .. } => None,
        }
    }
}

/// A foreign text as one line of at most 300 characters, so that an error message stays one line.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut line: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().count() > LONGEST {
        line.push('…');
    }
    line
}
