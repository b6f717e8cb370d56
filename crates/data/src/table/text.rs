//! Text tables record by record, each with the line on which an editor shows it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use flate2::read::MultiGzDecoder;

use super::Bytes;
use crate::DataError;
use crate::error::one_line;
use crate::format::is_gzipped;

const BUFFER_BYTES: usize = 1 << 18;

/// A header and the records under it.
pub(crate) struct TextTable {
    path: PathBuf,
    reader: csv::Reader<LineReader>,
    header: Vec<String>,
    record: ByteRecord,
}

impl TextTable {
    /// Opens a text with the separator that its header uses.
    pub(crate) fn open(bytes: &Bytes) -> Result<Self, DataError> {
        let path = bytes.path().to_path_buf();
        let source: Box<dyn Read + Send> = match bytes {
            Bytes::File(path) => {
                let file = File::open(path).map_err(|error| DataError::io(path, &error))?;
                if is_gzipped(path) { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) }
            }
            Bytes::Embedded(_, bytes) => Box::new(*bytes),
        };
        let mut buffered = BufReader::with_capacity(BUFFER_BYTES, source);
        let start = buffered.fill_buf().map_err(|error| DataError::io(&path, &error))?;
        let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t'].into_iter().find(|byte| header.contains(byte)).unwrap_or(b',');
        let lines = LineReader { inner: buffered, offset: 0, newlines: VecDeque::new(), passed: 0, last: None };
        // Ragged records are told from the header here, where their line is known.
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(lines);
        let header = reader.byte_headers().map_err(|error| not_csv(&path, &error))?;
        let header = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_string()).collect();
        Ok(Self { path, reader, header, record: ByteRecord::new() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The record at hand.
    pub(crate) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// Goes to the next record and returns its line. An error with a row concerns that row alone.
    pub(crate) fn next_row(&mut self) -> Option<Result<u64, DataError>> {
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => return Some(Err(not_csv(&self.path, &error))),
        }
        let end = self.reader.position().byte();
        let inside = self.record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        let row = self.reader.get_mut().line_before(end) - inside;
        if self.record.len() == self.header.len() {
            return Some(Ok(row));
        }
        Some(Err(DataError::BadRow {
            path: self.path.clone(),
            row,
            problem: format!("{} values under {} columns", self.record.len(), self.header.len()),
            accepted: "one value a column",
        }))
    }
}

/// Remembers where the lines end of what passes through. The parser's own count is that of the byte after the
/// record before, which blank lines and carriage returns put on an earlier line.
struct LineReader {
    inner: BufReader<Box<dyn Read + Send>>,
    offset: u64,
    newlines: VecDeque<u64>,
    /// Newlines taken out of the queue, and the last of them.
    passed: u64,
    last: Option<u64>,
}

impl LineReader {
    /// The line of the byte before `end`, counted from 1; a newline belongs to the line it ends.
    fn line_before(&mut self, end: u64) -> u64 {
        while let Some(newline) = self.newlines.pop_front_if(|newline| *newline < end) {
            self.passed += 1;
            self.last = Some(newline);
        }
        if self.last.is_some_and(|last| last + 1 == end) { self.passed } else { self.passed + 1 }
    }
}

impl Read for LineReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let newlines = buffer[..read].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        self.newlines.extend(newlines.map(|(position, _)| self.offset + position as u64));
        self.offset += read as u64;
        Ok(read)
    }
}

fn not_csv(path: &Path, error: &csv::Error) -> DataError {
    match error.kind() {
        csv::ErrorKind::Io(error) => DataError::io(path, error),
        _ => {
            DataError::NotReadable { path: path.to_path_buf(), expected: "CSV", message: one_line(&error.to_string()) }
        }
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
    }
}
