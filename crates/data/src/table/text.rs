//! Text tables: a header and the records under it.

use std::io::Read;
use std::path::Path;

use super::bytes::Bytes;
use super::json_rows::JsonRows;
use super::packed::unpacked;
use super::records::{Record, Records};
use crate::error::DataError;
use crate::formats::{Header, TableShape, Text};
use crate::input::{Limit, Watched};

/// A header and the records under it.
pub(crate) struct TextTable {
    watched: Watched,
    records: Records<'static>,
    header: Vec<String>,
    /// The line of the first record, where it was read already because there is no header.
    first: Option<u64>,
    sha256: String,
}

impl TextTable {
    /// Opens a text with the separator that its header uses.
    pub(crate) fn open(bytes: &Bytes) -> Result<Self, DataError> {
        let (source, watched) = unpacked(bytes)?;
        let mut records = Records::new(bytes.path(), source)?;
        records.advance(Limit::Header)?;
        let names = (0..records.record().len()).filter_map(|position| records.record().get(position));
        let mut header: Vec<String> = names.map(|name| String::from_utf8_lossy(name).trim().to_string()).collect();
        if header == [""] {
            header.clear();
        }
        Ok(Self { watched, records, header, first: None, sha256: String::new() })
    }

    /// Opens an export, whose columns have the names that its shape gives them.
    pub(crate) fn open_shaped(bytes: &Bytes, shape: TableShape) -> Result<Self, DataError> {
        let (source, watched) = unpacked(bytes)?;
        let source: Box<dyn Read + Send> = match shape.text {
            Text::Lines => source,
            Text::JsonRows => Box::new(JsonRows::new(source)),
        };
        let mut records = Records::new(bytes.path(), source)?;
        let first = records.advance(Limit::Header)?.filter(|_| shape.header == Header::Absent);
        Ok(Self { watched, records, header: shape.names, first, sha256: String::new() })
    }

    pub(crate) fn path(&self) -> &Path {
        self.records.path()
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The record at hand.
    pub(crate) fn record(&self) -> &Record {
        self.records.record()
    }

    /// The digest of the file; empty before the last record was read.
    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Goes to the next record and returns its line. An error with a row concerns that row alone, unless it is one of
    /// [`DataError::TooLarge`]. The end is none before the file was found unchanged.
    pub(crate) fn next_row(&mut self) -> Option<Result<u64, DataError>> {
        let next = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.records.advance(Limit::Line),
        };
        let row = match next {
            Ok(Some(row)) => row,
            Ok(None) if self.sha256.is_empty() => match self.watched.finish() {
                Ok(sha256) => {
                    self.sha256 = sha256;
                    return None;
                }
                Err(error) => return Some(Err(error)),
            },
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        };
        if self.record().len() == self.header.len() {
            return Some(Ok(row));
        }
        Some(Err(DataError::BadRow {
            path: self.path().to_path_buf(),
            row,
            problem: format!("{} values under {} columns", self.record().len(), self.header.len()),
            accepted: "one value a column",
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &'static str, expected: &[u64]) {
        let mut table = TextTable::open(&Bytes::Embedded("x.csv".into(), text.as_bytes())).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = table.next_row() {
            rows.push(row.unwrap());
        }
        assert_eq!(rows, expected, "{text:?}");
        assert_eq!(table.sha256(), crate::sha256_of(text.as_bytes()));
    }

    #[test]
    fn records_stand_on_the_lines_an_editor_shows() {
        check("a,b\n1,2\n3,4\n", &[2, 3]);
        check("a,b\n1,2\n3,4", &[2, 3]);
        check("a,b\r\n1,2\r\n3,4\r\n", &[2, 3]);
        check("a,b\r\n1,2\r\n3,4", &[2, 3]);
        check("\n\na,b\n\n1,2\n\n\n3,4\n\n", &[5, 8]);
        check("a,b\r\n\r\n1,2\r\n\r\n\r\n3,4", &[3, 6]);
        check("a,b\n\"1\nx\",2\n3,4\n", &[2, 4]);
        check("a,b\n\"1\nx\",\"\n\"\n\n3,4", &[2, 6]);
        check("a,b\n", &[]);
        check("\u{feff}a,b\n1,2\n", &[2]);
    }
}
