//! Small files as text.

use std::io::Read;
use std::path::Path;

use super::foreign::foreign;
use super::limits::Limit;
use super::opened::Opened;
use crate::error::DataError;

/// The text of a file of at most `limit`, the way every config, job, model and metadata file is read.
///
/// ```
/// use scaleout_data::{Limit, read_text};
/// let error = read_text("gone.toml".as_ref(), Limit::Config).unwrap_err();
/// assert_eq!(error.to_string(), "gone.toml: no such file or folder");
/// ```
///
/// # Errors
/// If the file cannot be opened, is a device or a named pipe, is larger than `limit`, or is not UTF-8.
pub fn read_text(path: &Path, limit: Limit) -> Result<String, DataError> {
    let bytes = read_bytes(path, limit)?;
    let misread = |what: &str| DataError::NotReadable {
        path: path.to_path_buf(),
        expected: "text",
        message: format!("{what}; accepted: UTF-8"),
    };
    if let Some(what) = foreign(&bytes) {
        return Err(misread(&format!("it is {what}")));
    }
    String::from_utf8(bytes)
        .map_err(|error| misread(&format!("byte {} is not UTF-8", error.utf8_error().valid_up_to())))
}

/// The bytes of a file of at most `limit`: [`read_text`] for files that are no text.
///
/// # Errors
/// If the file cannot be opened, is a device or a named pipe, or is larger than `limit`.
pub fn read_bytes(path: &Path, limit: Limit) -> Result<Vec<u8>, DataError> {
    let opened = Opened::at(path)?;
    if opened.bytes().is_some_and(|bytes| limit.most() < bytes) {
        return Err(DataError::too_large(limit, path, None));
    }
    let mut bytes = Vec::new();
    let mut reader = (&opened.file).take(limit.most() + 1);
    reader.read_to_end(&mut bytes).map_err(|error| DataError::io(path, &error))?;
    if limit.most() < bytes.len() as u64 {
        return Err(DataError::too_large(limit, path, None));
    }
    Ok(bytes)
}
