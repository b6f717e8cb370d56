//! Lines of a recording, none longer than the limit.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::limits::Limit;
use crate::error::DataError;

/// A text line by line, in memory that does not grow with it.
pub(crate) struct Lines<R> {
    path: PathBuf,
    reader: BufReader<R>,
    line: Vec<u8>,
    row: u64,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(path: &Path, reader: R) -> Self {
        let reader = BufReader::with_capacity(1 << 18, reader);
        Self { path: path.to_path_buf(), reader, line: Vec::new(), row: 0 }
    }

    /// The next line and its number, or nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &[u8])>, DataError> {
        self.line.clear();
        self.row += 1;
        let mut taken = self.reader.by_ref().take(Limit::Line.most() + 1);
        let read = taken.read_until(b'\n', &mut self.line).map_err(|error| DataError::io(&self.path, &error))?;
        if Limit::Line.most() < read as u64 {
            return Err(DataError::too_large(Limit::Line, &self.path, Some(self.row)));
        }
        Ok((read != 0).then_some((self.row, &self.line[..])))
    }
}
