use std::fs;
use std::path::Path;

use scaleout_market::Instrument;
use serde::{Deserialize, Serialize};

use crate::error::one_line;
use crate::{BinanceConfig, Content, DataError, LeanConfig, RowConfig};

/// What `datasets/<name>/metadata.json` says about the data beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Name of the dataset: that of its folder.
    pub name: String,
    /// One line on what it is.
    pub title: String,
    /// The data file in the folder; of files in a vendor's format the pattern of their names.
    pub file: String,
    /// What a row of it is.
    pub content: Content,
    /// Number of rows.
    pub rows: u64,
    /// Digest of the data file; of several, that of their digests one after another.
    pub sha256: String,
    /// Where the data came from.
    pub source: Source,
    /// Under which terms it may be passed on.
    pub licence: Licence,
    /// The command that makes the data file of the original again.
    pub made_by: String,
    /// The columns of the data file.
    pub columns: Vec<ColumnMeaning>,
    /// How the original's rows were read.
    pub original: RowConfig,
    /// How the data file's rows are to be read.
    #[serde(default)]
    pub reading: RowConfig,
    /// How the folder is to be read if it holds LEAN files; paths start at the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lean: Option<LeanConfig>,
    /// How the file is to be read if it is a recording of Binance streams; paths start at the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binance: Option<BinanceConfig>,
    /// What nobody told us.
    pub not_known: Vec<String>,
    /// What was looked at and found.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What is traded.
    pub instrument: Instrument,
}

/// Where a dataset came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// In words: publisher, package, version.
    pub description: String,
    /// Where it can be had.
    pub url: String,
    /// The original file.
    pub file: String,
    /// Digest of the original file.
    pub sha256: String,
}

/// The terms of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Short name, SPDX where there is one.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMeaning {
    /// Name in the file.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// In words.
    pub meaning: String,
}

impl Metadata {
    /// Reads `metadata.json` of a dataset's folder.
    pub fn read(folder: &Path) -> Result<Self, DataError> {
        let path = folder.join("metadata.json");
        let text = fs::read_to_string(&path).map_err(|error| DataError::io(&path, &error))?;
        Self::parse(&path, &text)
    }

    /// Understands the text of a `metadata.json`; `path` is named in errors.
    pub fn parse(path: &Path, text: &str) -> Result<Self, DataError> {
        let metadata: Self = serde_json::from_str(text)
            .map_err(|error| DataError::Metadata { path: path.to_path_buf(), message: one_line(&error.to_string()) })?;
        let instrument = metadata.instrument.checked();
        let instrument = instrument.map_err(|source| DataError::Instrument { path: path.to_path_buf(), source })?;
        Ok(Self { instrument, ..metadata })
    }

    /// The text of a `metadata.json`.
    pub fn to_json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("Invariant: metadata has no map with other keys than text");
        text.push('\n');
        text
    }
}
