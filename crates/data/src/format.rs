use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::DataError;

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Text with a header and commas, semicolons or tabs.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl FileFormat {
    /// The format that the ending of a file's name says.
    pub fn of(path: &Path) -> Result<Self, DataError> {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv" | "tsv" | "txt") => Ok(Self::Csv),
            Some("parquet" | "pq") => Ok(Self::Parquet),
            _ => {
                Err(DataError::UnknownFormat { path: path.to_path_buf(), accepted: ".csv, .tsv, .txt, .parquet, .pq" })
            }
        }
    }
}
