//! What a dataset says of itself.

use std::path::Path;

use scaleout_market::Instrument;
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::error::{DataError, one_line};
use crate::input::{Limit, read_text};
use crate::rows::RowConfig;
use crate::vendors::{Vendor, vendors};

/// What `datasets/<name>/metadata.json` says about the data beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Keys", into = "Keys")]
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
    /// The column that says whose row it is, if the data file holds several markets.
    pub symbol_column: Option<String>,
    /// How the original's rows were read.
    pub original: RowConfig,
    /// How the data file's rows are to be read.
    pub reading: RowConfig,
    /// How the folder is to be read if it holds files in a vendor's own format; paths start at the folder.
    pub vendor: Option<Vendor>,
    /// Facts that are unknown.
    pub not_known: Vec<String>,
    /// What was looked at and found.
    pub notes: Vec<String>,
    /// What is traded.
    pub instrument: Instrument,
}

macro_rules! define_keys {
    ($($vendor:ident => $variant:ident($config:ty),)+) => {
        /// Every key of a `metadata.json`.
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Keys {
            name: String,
            title: String,
            file: String,
            content: Content,
            rows: u64,
            sha256: String,
            source: Source,
            licence: Licence,
            made_by: String,
            columns: Vec<ColumnMeaning>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            symbol_column: Option<String>,
            original: RowConfig,
            #[serde(default)]
            reading: RowConfig,
            $(
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $vendor: Option<$config>,
            )+
            not_known: Vec<String>,
            #[serde(default)]
            notes: Vec<String>,
            instrument: Instrument,
        }

        impl TryFrom<Keys> for Metadata {
            type Error = String;

            fn try_from(mut keys: Keys) -> Result<Self, String> {
                let mut vendors: Vec<Vendor> =
                    [$(keys.$vendor.take().map(Vendor::$variant)),+].into_iter().flatten().collect();
                if 1 < vendors.len() {
                    return Err(format!("at most one of {} may be given", Vendor::KEYS.join(", ")));
                }
                Ok(Self {
                    name: keys.name,
                    title: keys.title,
                    file: keys.file,
                    content: keys.content,
                    rows: keys.rows,
                    sha256: keys.sha256,
                    source: keys.source,
                    licence: keys.licence,
                    made_by: keys.made_by,
                    columns: keys.columns,
                    symbol_column: keys.symbol_column,
                    original: keys.original,
                    reading: keys.reading,
                    vendor: vendors.pop(),
                    not_known: keys.not_known,
                    notes: keys.notes,
                    instrument: keys.instrument,
                })
            }
        }

        impl From<Metadata> for Keys {
            fn from(metadata: Metadata) -> Self {
                let mut keys = Self {
                    name: metadata.name,
                    title: metadata.title,
                    file: metadata.file,
                    content: metadata.content,
                    rows: metadata.rows,
                    sha256: metadata.sha256,
                    source: metadata.source,
                    licence: metadata.licence,
                    made_by: metadata.made_by,
                    columns: metadata.columns,
                    symbol_column: metadata.symbol_column,
                    original: metadata.original,
                    reading: metadata.reading,
                    $($vendor: None,)+
                    not_known: metadata.not_known,
                    notes: metadata.notes,
                    instrument: metadata.instrument,
                };
                match metadata.vendor {
                    None => {}
                    $(Some(Vendor::$variant(config)) => keys.$vendor = Some(config),)+
                }
                keys
            }
        }
    };
}
vendors!(define_keys);

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
    ///
    /// # Errors
    /// If there is none, or it is not as it should be.
    pub fn read(folder: &Path) -> Result<Self, DataError> {
        let path = folder.join("metadata.json");
        Self::parse(&path, &read_text(&path, Limit::Metadata)?)
    }

    /// Understands the text of a `metadata.json`; `path` is named in errors.
    ///
    /// # Errors
    /// If a key is unknown or missing, or a value is out of range.
    pub fn parse(path: &Path, text: &str) -> Result<Self, DataError> {
        serde_json::from_str(text)
            .map_err(|error| DataError::Metadata { path: path.to_path_buf(), message: one_line(&error.to_string()) })
    }

    /// The text of a `metadata.json`.
    pub fn to_json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("Invariant: metadata has no map with other keys than text");
        text.push('\n');
        text
    }
}
