//! What a config or the command line calls a format.

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::registry::Rows;
use crate::content::Content;
use crate::format::FileFormat;

/// How a table is stored: `csv`, `parquet` or `arrow` with columns of the usual names, the name of a program or vendor whose
/// exports are read as they are, or `auto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum TableFormat {
    /// Text, Parquet or Arrow with columns of the usual names.
    Plain(FileFormat),
    /// An export, by its name.
    Export(&'static str),
    /// The first of the exports that the file is, else what the ending of its name says.
    Auto,
}

impl TableFormat {
    /// Every name that is accepted.
    pub fn names() -> Vec<&'static str> {
        let exports = Rows::ALL.iter().flat_map(|rows| rows.formats()).map(|format| format.name());
        ["auto", "csv", "parquet", "arrow"].into_iter().chain(exports).collect()
    }

    /// What the rows of such a file are, where the format alone tells.
    pub fn content(self) -> Option<Content> {
        let Self::Export(name) = self else { return None };
        let has = |content: &Content| Rows::from(*content).formats().iter().any(|format| format.name() == name);
        [Content::Bars, Content::Trades].into_iter().find(has)
    }
}

impl std::str::FromStr for TableFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => return Ok(Self::Auto),
            "csv" => return Ok(Self::Plain(FileFormat::Csv)),
            "parquet" => return Ok(Self::Plain(FileFormat::Parquet)),
            "arrow" => return Ok(Self::Plain(FileFormat::Arrow)),
            _ => {}
        }
        let mut exports = Rows::ALL.iter().flat_map(|rows| rows.formats()).map(|format| format.name());
        let export = exports.find(|name| *name == text);
        export.map(Self::Export).ok_or_else(|| {
            format!("`{}` is not a format; accepted: {}", crate::error::shown(text), Self::names().join(", "))
        })
    }
}

impl<'de> Deserialize<'de> for TableFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl From<TableFormat> for String {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Plain(FileFormat::Csv) => "csv",
            TableFormat::Plain(FileFormat::Parquet) => "parquet",
            TableFormat::Plain(FileFormat::Arrow) => "arrow",
            TableFormat::Export(name) => name,
            TableFormat::Auto => "auto",
        }
        .to_owned()
    }
}

impl From<FileFormat> for TableFormat {
    fn from(format: FileFormat) -> Self {
        Self::Plain(format)
    }
}
