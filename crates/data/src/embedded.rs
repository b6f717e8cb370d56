//! The dataset that is part of the program, so that the embedded experiment runs from any folder.

use std::path::{Path, PathBuf};

use crate::table::Bytes;
use crate::{DataError, Metadata};

/// A dataset compiled into the program.
pub(crate) struct Embedded {
    name: &'static str,
    metadata: &'static str,
    data: &'static [u8],
}

/// Names of the datasets that are part of the program.
pub const EMBEDDED: [&str; 1] = ["es-ticks"];

const ES_TICKS: Embedded = Embedded {
    name: EMBEDDED[0],
    metadata: include_str!("../../../datasets/es-ticks/metadata.json"),
    data: include_bytes!("../../../datasets/es-ticks/trades.parquet"),
};

impl Embedded {
    pub(crate) fn named(name: &str) -> Result<&'static Self, DataError> {
        [&ES_TICKS].into_iter().find(|dataset| dataset.name == name).ok_or_else(|| {
            DataError::config("embedded", format!("`{name}` is not part of the program"), EMBEDDED.join(", "))
        })
    }

    pub(crate) fn metadata(&self) -> Result<Metadata, DataError> {
        Metadata::parse(Path::new(&format!("(embedded) {}/metadata.json", self.name)), self.metadata)
    }

    pub(crate) fn bytes(&self, file: &str) -> Bytes {
        Bytes::Embedded(PathBuf::from(format!("(embedded) {}/{file}", self.name)), self.data)
    }
}
