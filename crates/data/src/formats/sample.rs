//! The first rows of a file.

use std::io::Read;

use super::shape::{FileSample, Text};
use crate::error::DataError;
use crate::input::Limit;
use crate::table::{Bytes, JsonRows, Records, unpacked};

/// Rows that are looked at.
const ROWS: usize = 64;

impl FileSample {
    /// Reads the first rows of a file that can be read again.
    pub(crate) fn of(bytes: &Bytes) -> Result<Self, DataError> {
        let (mut source, _) = unpacked(bytes)?;
        let mut start = Vec::new();
        let taken = source.by_ref().take(Limit::Header.most()).read_to_end(&mut start);
        taken.map_err(|error| DataError::io(bytes.path(), &error))?;
        let is_json = start.trim_ascii_start().starts_with(b"[");
        let whole = std::io::Cursor::new(start).chain(source);
        let (text, input): (Text, Box<dyn Read + Send>) =
            if is_json { (Text::JsonRows, Box::new(JsonRows::new(whole))) } else { (Text::Lines, Box::new(whole)) };
        let mut records = Records::new(bytes.path(), input)?;
        let mut rows = Vec::new();
        while rows.len() < ROWS && records.advance(Limit::Line)?.is_some() {
            let record = records.record();
            let cells = (0..record.len()).filter_map(|position| record.get(position));
            rows.push(cells.map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect());
        }
        Ok(Self { text, delimiter: records.delimiter(), rows })
    }
}
