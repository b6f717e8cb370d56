//! How a table is stored, by the ending of its name.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::DataError;

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Text with a header and commas, semicolons or tabs; packed if the name ends in `.gz`, `.zst`, `.bz2` or `.zip`.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// An Arrow file, which is Feather of version 2.
    Arrow,
}

impl FileFormat {
    /// The format that the ending of a file's name says.
    ///
    /// # Errors
    /// If the ending says nothing.
    pub fn of(path: &Path) -> Result<Self, DataError> {
        let packing = Packing::of(path);
        if packing == Some(Packing::Zip) {
            return Ok(Self::Csv);
        }
        let stem = path.with_extension("");
        let named = if packing.is_some() { &stem } else { path };
        match named.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv" | "tsv" | "txt") => Ok(Self::Csv),
            Some("parquet" | "pq") if packing.is_none() => Ok(Self::Parquet),
            Some("feather" | "arrow" | "ipc") if packing.is_none() => Ok(Self::Arrow),
            _ => Err(DataError::UnknownFormat {
                path: path.to_path_buf(),
                accepted: ".csv, .tsv, .txt (also with .gz, .zst, .bz2), .zip, .parquet, .pq, .feather, .arrow, .ipc",
            }),
        }
    }
}

/// How a text is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Gzip,
    Zstd,
    Bzip2,
    Zip,
}

impl Packing {
    /// What the last ending of a file's name says; `None` of a file that is not packed.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "gz" => Some(Self::Gzip),
            "zst" | "zstd" => Some(Self::Zstd),
            "bz2" => Some(Self::Bzip2),
            "zip" => Some(Self::Zip),
            _ => None,
        }
    }
}
