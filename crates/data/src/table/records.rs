//! Records of a text with separators, each with the line on which an editor shows it.
//!
//! The buffers have the size of what is accepted at most and never grow, so that neither a line without an end nor a
//! quote that is never closed takes more memory.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv_core::ReadRecordResult;

use crate::error::DataError;
use crate::input::{Limit, foreign};

const BUFFER_BYTES: usize = 1 << 18;

/// A text record by record.
pub(crate) struct Records<'a> {
    path: PathBuf,
    input: BufReader<Box<dyn Read + Send + 'a>>,
    core: csv_core::Reader,
    record: Record,
    newlines: u64,
    last: u8,
    delimiter: u8,
}

/// The values of one record.
pub(crate) struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    values: usize,
}

impl Record {
    pub(crate) fn len(&self) -> usize {
        self.values
    }

    /// The bytes of one value.
    pub(crate) fn get(&self, position: usize) -> Option<&[u8]> {
        let end = *self.ends[..self.values].get(position)?;
        let start = if position == 0 { 0 } else { self.ends[position - 1] };
        Some(&self.bytes[start..end])
    }

    fn all(&self) -> &[u8] {
        &self.bytes[..self.values.checked_sub(1).map_or(0, |last| self.ends[last])]
    }
}

impl<'a> Records<'a> {
    /// The records of what `input` gives, with the separator that the first line uses. Refuses what is no text.
    pub(crate) fn new(path: &Path, mut input: Box<dyn Read + Send + 'a>) -> Result<Self, DataError> {
        let mut start = Vec::new();
        let taken = input.by_ref().take(Limit::Header.most()).read_to_end(&mut start);
        taken.map_err(|error| DataError::io(path, &error))?;
        if let Some(what) = foreign(&start) {
            let message = format!("it is {what}; accepted: UTF-8 text");
            return Err(DataError::NotReadable { path: path.to_path_buf(), expected: "CSV", message });
        }
        let first = start.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
        let delimiter = [b',', b';', b'\t'].into_iter().find(|byte| first.contains(byte)).unwrap_or(b',');
        let whole: Box<dyn Read + Send + 'a> = Box::new(std::io::Cursor::new(start).chain(input));
        let record = Record {
            bytes: vec![0; Limit::Line.most() as usize],
            ends: vec![0; Limit::Columns.most() as usize],
            values: 0,
        };
        Ok(Self {
            path: path.to_path_buf(),
            input: BufReader::with_capacity(BUFFER_BYTES, whole),
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            record,
            newlines: 0,
            last: 0,
            delimiter,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What stands between values.
    pub(crate) const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The record at hand.
    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// Goes to the next record of at most `limit` bytes and returns its line; nothing at the end.
    pub(crate) fn advance(&mut self, limit: Limit) -> Result<Option<u64>, DataError> {
        let most = limit.most() as usize;
        let (mut bytes, mut values) = (0, 0);
        loop {
            let input = self.input.fill_buf().map_err(|error| DataError::io(&self.path, &error))?;
            let record = &mut self.record;
            let (result, read, written, ended) =
                self.core.read_record(input, &mut record.bytes[bytes..most], &mut record.ends[values..]);
            if let Some(last) = input[..read].last() {
                self.last = *last;
                self.newlines += input[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
            }
            self.input.consume(read);
            (bytes, values) = (bytes + written, values + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => return Err(self.too_large(limit, &self.record.bytes[..bytes])),
                ReadRecordResult::OutputEndsFull => {
                    return Err(self.too_large(Limit::Columns, &self.record.bytes[..bytes]));
                }
                ReadRecordResult::Record => {
                    self.record.values = values;
                    return Ok(Some(self.line_of(self.record.all())));
                }
                ReadRecordResult::End => {
                    self.record.values = 0;
                    return Ok(None);
                }
            }
        }
    }

    /// The line on which a record of these bytes began that ends here. A newline belongs to the line it ends.
    fn line_of(&self, bytes: &[u8]) -> u64 {
        let inside = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.newlines + u64::from(self.last != b'\n') - inside
    }

    fn too_large(&self, limit: Limit, bytes: &[u8]) -> DataError {
        let row = match limit {
            Limit::Line => Some(self.line_of(bytes)),
            _ => None,
        };
        DataError::too_large(limit, &self.path, row)
    }
}
