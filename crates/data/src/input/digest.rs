//! Digests of files, for provenance and for what metadata states.

use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::opened::Opened;
use super::watched::Watched;
use crate::error::DataError;

/// A file and its digest, for the provenance of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileDigest {
    /// The file's name as the config gives it.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The SHA-256 of a file, in lower-case hexadecimal; reads it once in pieces.
///
/// # Errors
/// If the file cannot be read, or changes while it is read.
pub fn sha256_of_file(path: &Path) -> Result<String, DataError> {
    Watched::file(Opened::at(path)?).finish()
}

/// The SHA-256 of bytes, in lower-case hexadecimal.
///
/// ```
/// assert!(scaleout_data::sha256_of(b"abc").starts_with("ba7816bf"));
/// ```
pub fn sha256_of(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The digest of one file, or of the digests of several one after another.
pub(crate) fn combined(digests: &[FileDigest]) -> String {
    match digests {
        [one] => one.sha256.clone(),
        many => sha256_of(many.iter().map(|digest| digest.sha256.as_str()).collect::<String>().as_bytes()),
    }
}

pub(crate) fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
