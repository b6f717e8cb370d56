//! How a table is stored, by the ending of its name.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::DataError;

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Text with a header and commas, semicolons or tabs; gzipped if the name ends in `.gz`.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl FileFormat {
    /// The format that the ending of a file's name says.
    ///
    /// # Errors
    /// If the ending says nothing.
    pub fn of(path: &Path) -> Result<Self, DataError> {
        let stem = path.with_extension("");
        let named = if is_gzipped(path) { &stem } else { path };
        match named.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv" | "tsv" | "txt") => Ok(Self::Csv),
            Some("parquet" | "pq") if !is_gzipped(path) => Ok(Self::Parquet),
            _ => Err(DataError::UnknownFormat {
                path: path.to_path_buf(),
                accepted: ".csv, .tsv, .txt (also with .gz), .parquet, .pq",
            }),
        }
    }
}

/// Whether the name of a file says that it is compressed by gzip.
pub(crate) fn is_gzipped(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"))
}
