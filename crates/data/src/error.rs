//! Why data cannot be read or written.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use scaleout_market::{BarError, EntryError, SeriesError, Timestamp};
use thiserror::Error;

use crate::input::Limit;

/// Why data cannot be read or written: each message is one line that names the place and what would be accepted.
///
/// Rows are numbered as an editor numbers the lines of a text file (the header is line 1); in a Parquet file the
/// first row is row 1.
#[derive(Debug, Error)]
pub enum DataError {
    /// The file or folder does not exist.
    #[error("{}: no such file or folder", shown_path(path))]
    MissingFile {
        /// The path that was tried.
        path: PathBuf,
    },
    /// The system refused to read or write.
    #[error("{}: {message}", shown_path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        message: String,
    },
    /// What the path names cannot be read from start to end.
    #[error("{}: is {what}; accepted: a file", shown_path(path))]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A pattern or folder names no files.
    #[error("{}: {}; accepted: {accepted}", shown_path(path), shown(problem))]
    Pattern {
        /// The pattern, from the folder it starts at.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What would be accepted.
        accepted: &'static str,
    },
    /// The file did not stay the same while it was read.
    #[error(
        "{}: the file changed while it was read ({what}); read it again when nothing writes to it",
        shown_path(path)
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// How it shows.
        what: String,
    },
    /// The file, or a part of it, is larger than is accepted: the table of [`Limit`].
    #[error("{}: {}{} {}; accepted: at most {}", shown_path(path), row.map(|row| format!("row {row}: ")).unwrap_or_default(), limit.problem(), limit.most_in_words(), limit.most_in_words())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The row, if it is about one.
        row: Option<u64>,
        /// What it exceeds.
        limit: Limit,
    },
    /// The file is not what its name or the config says.
    #[error("{}: not a readable {expected} file: {message}", shown_path(path))]
    NotReadable {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What the reader found.
        message: String,
    },
    /// The ending of a file name says nothing about its format.
    #[error("{}: unknown file format; accepted endings: {accepted}", shown_path(path))]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// The endings that are understood.
        accepted: &'static str,
    },
    /// A column that is needed is not in the file.
    #[error("{}: no column `{}` (accepted names: {accepted}); columns found: {found}", shown_path(path), shown(column))]
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
    #[error("{}: column `{}` appears twice; every column needs its own name", shown_path(path), shown(column))]
    ColumnTwice {
        /// The file.
        path: PathBuf,
        /// The repeated name.
        column: String,
    },
    /// One value is not acceptable.
    #[error(
        "{}: row {row}, column `{}`: `{}` is {problem}; accepted: {accepted}",
        shown_path(path),
        shown(column),
        shown(value)
    )]
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
    #[error(
        "{}: row {row}, column `{}`: {ts} comes {relation} the row before it ({previous}); accepted: rows in order of time",
        shown_path(path),
        shown(column)
    )]
    TimeGoesBack {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// The column's name.
        column: String,
        /// The offending time.
        ts: Timestamp,
        /// `before`, `after` in a file that begins with its newest row, or `at the same time as`.
        relation: &'static str,
        /// The time of the row before.
        previous: Timestamp,
    },
    /// A file of a series begins before the one before it ends.
    #[error(
        "{}: its first bar closes at {first}, not after the last of {} at {last}; accepted: files in order of time that do not overlap",
        shown_path(path),
        shown_path(previous)
    )]
    Overlap {
        /// The file.
        path: PathBuf,
        /// The file before it.
        previous: PathBuf,
        /// Close of its first bar.
        first: Timestamp,
        /// Close of the last bar before it.
        last: Timestamp,
    },
    /// A row's numbers do not make a bar.
    #[error("{}: row {row}: {source}", shown_path(path))]
    BadBar {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// Why.
        source: BarError,
    },
    /// A row's numbers do not make an entry.
    #[error("{}: row {row}: {}", shown_path(path), shown(&source.to_string()))]
    BadEntry {
        /// The file.
        path: PathBuf,
        /// The row, as an editor shows it.
        row: u64,
        /// Why.
        source: EntryError,
    },
    /// A row cannot be read at all.
    #[error("{}: row {row}: {problem}; accepted: {accepted}", shown_path(path))]
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
    #[error("{}: no {what} in the file", shown_path(path))]
    Empty {
        /// The file.
        path: PathBuf,
        /// `bars`, `trades`, `entries`.
        what: &'static str,
    },
    /// The bars do not form a series.
    #[error("{}: {source}", shown_path(path))]
    Series {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SeriesError,
    },
    /// A `metadata.json` has a wrong or missing key.
    #[error("{}: {message}", shown_path(path))]
    Metadata {
        /// The file.
        path: PathBuf,
        /// Key, place and what would be accepted.
        message: String,
    },
    /// A file is not the one its metadata describes.
    #[error(
        "{}: sha256 is {found}, metadata.json says {expected}: the file was changed or is incomplete",
        shown_path(path)
    )]
    Sha256Mismatch {
        /// The file.
        path: PathBuf,
        /// What the metadata says.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// Another process works in the folder.
    #[error("{}: another import is at work in this folder; try again when it has ended", shown_path(path))]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A file that no import wrote stands where one has to write.
    #[error("{}: would be overwritten; move it away, or import into another folder", shown_path(path))]
    Occupied {
        /// The file.
        path: PathBuf,
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

/// What is wrong with a time that carries no offset where none was declared.
pub(crate) const UNDECLARED_ZONE: &str = "a local time in an undeclared zone";

impl DataError {
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound {
            Self::MissingFile { path: path.to_path_buf() }
        } else {
            Self::Io { path: path.to_path_buf(), message: one_line(&error.to_string()) }
        }
    }

    pub(crate) fn too_large(limit: Limit, path: &Path, row: Option<u64>) -> Self {
        Self::TooLarge { path: path.to_path_buf(), row, limit }
    }

    pub(crate) fn config(key: &str, problem: impl Into<String>, accepted: impl Into<String>) -> Self {
        Self::Config { key: key.to_string(), problem: problem.into(), accepted: accepted.into() }
    }

    /// Whether a time stands in no declared zone, and naming one would help.
    pub fn is_undeclared_zone(&self) -> bool {
        matches!(self, Self::BadValue { problem, .. } if *problem == UNDECLARED_ZONE)
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
            | Self::NotAFile { .. }
            | Self::Pattern { .. }
            | Self::Overlap { .. }
            | Self::Changed { .. }
            | Self::TooLarge { .. }
            | Self::NotReadable { .. }
            | Self::UnknownFormat { .. }
            | Self::MissingColumn { .. }
            | Self::ColumnTwice { .. }
            | Self::Empty { .. }
            | Self::Series { .. }
            | Self::Metadata { .. }
            | Self::Sha256Mismatch { .. }
            | Self::Busy { .. }
            | Self::Occupied { .. }
            | Self::Config { .. } => None,
        }
    }
}

/// A foreign text as one line of at most 300 characters, so that an error message stays one line: line ends become
/// blanks, and other control characters are escaped.
pub(crate) fn one_line(text: &str) -> String {
    let line: String = text.chars().take(LONGEST + 1).map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    shown(&line)
}

/// A value or name out of a user's file as it is shown: at most 300 characters, and each that a terminal would obey
/// rather than print is escaped, as `\\u001b`.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * LONGEST));
    let mut characters = text.chars();
    for c in characters.by_ref().take(LONGEST) {
        if is_obeyed(c) { shown.push_str(&escaped(c)) } else { shown.push(c) }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A path as an error shows it: whole, with control characters escaped (a file's name may hold a line end).
///
/// ```
/// assert_eq!(scaleout_data::shown_path(std::path::Path::new("a/b\nc.csv")), "a/b\\nc.csv");
/// ```
pub fn shown_path(path: &Path) -> String {
    let path = path.to_string_lossy();
    let mut shown = String::with_capacity(path.len());
    for c in path.chars() {
        if is_obeyed(c) { shown.push_str(&escaped(c)) } else { shown.push(c) }
    }
    shown
}

/// A text of any length for a terminal: what a terminal would obey rather than print is escaped, line ends and tabs
/// aside.
///
/// ```
/// assert_eq!(scaleout_data::printable("id \u{1b}[2J\nnext"), "id \\u001b[2J\nnext");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_escaped = |c: char| is_obeyed(c) && c != '\n' && c != '\t';
    if !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut printable = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_escaped(c) { printable.push_str(&escaped(c)) } else { printable.push(c) }
    }
    Cow::Owned(printable)
}

/// A character that a terminal would obey, as JSON escapes it too, so that a document stays one.
fn escaped(c: char) -> String {
    match c {
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        _ => format!("\\u{:04x}", u32::from(c)),
    }
}

/// Whether a terminal obeys a character: control characters, and those that turn the direction of writing.
fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const LONGEST: usize = 300;

/// The names of columns, as many as a line holds.
pub(crate) fn listed(names: &[String]) -> String {
    const MOST: usize = 32;
    if names.is_empty() {
        return "none".into();
    }
    let first: Vec<String> = names.iter().take(MOST).map(|name| shown(name)).collect();
    let rest = names.len().saturating_sub(MOST);
    let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    shown(&first.join(", ")) + &more
}

#[cfg(test)]
mod tests {
    use super::{listed, one_line, shown};

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(shown("a\u{1b}[31mb\u{202e}\tc\u{9b}"), "a\\u001b[31mb\\u202e\\tc\\u009b");
        assert_eq!(one_line("a\nb\tc\u{7}"), "a b c\\u0007");
        assert_eq!(shown(&"é".repeat(301)), format!("{}…", "é".repeat(300)));
    }

    #[test]
    fn many_columns_are_counted() {
        let names: Vec<String> = (0..40).map(|n| n.to_string()).collect();
        assert!(listed(&names).ends_with(", 30, 31 and 8 more"));
    }
}
