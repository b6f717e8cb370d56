//! Where the bytes of a table come from.

use std::path::{Path, PathBuf};

use crate::error::DataError;
use crate::input::{sha256_of, sha256_of_file};

/// Where the bytes of a table come from.
#[derive(Debug, Clone)]
pub(crate) enum Bytes {
    File(PathBuf),
    /// Compiled into the program; the path is the name shown in messages.
    Embedded(PathBuf, &'static [u8]),
}

impl Bytes {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Embedded(path, _) => path,
        }
    }

    /// The digest, found in a pass of its own.
    pub(crate) fn sha256(&self) -> Result<String, DataError> {
        match self {
            Self::File(path) => sha256_of_file(path),
            Self::Embedded(_, bytes) => Ok(sha256_of(bytes)),
        }
    }
}
