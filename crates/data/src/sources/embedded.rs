//! The dataset that is part of the program, so that the embedded experiment runs from any folder.

use std::path::{Path, PathBuf};

use super::dataset_tables::tables_of_dataset;
use super::tables::Tables;
use crate::content::Content;
use crate::error::DataError;
use crate::load_report::LoadReport;
use crate::metadata::Metadata;
use crate::source::{Read, Request, Source};
use crate::table::Bytes;

/// A dataset compiled into the program, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedSource {
    /// One of [`EMBEDDED`].
    pub name: String,
}

/// Names of the datasets that are part of the program.
pub const EMBEDDED: [&str; 1] = ["es-ticks"];

struct Embedded {
    name: &'static str,
    metadata: &'static str,
    data: &'static [u8],
}

const ES_TICKS: Embedded = Embedded {
    name: EMBEDDED[0],
    metadata: include_str!("../../../../datasets/es-ticks/metadata.json"),
    data: include_bytes!("../../../../datasets/es-ticks/trades.parquet"),
};

impl EmbeddedSource {
    fn tables(&self, request: &Request<'_>) -> Result<Tables, DataError> {
        let dataset = [&ES_TICKS].into_iter().find(|dataset| dataset.name == self.name).ok_or_else(|| {
            let problem = format!("`{}` is not part of the program", self.name);
            DataError::config("embedded", problem, EMBEDDED.join(", "))
        })?;
        let place = |file: &str| PathBuf::from(format!("(embedded) {}/{file}", dataset.name));
        let metadata = Metadata::parse(Path::new(&place("metadata.json")), dataset.metadata)?;
        let bytes = Bytes::Embedded(place(&metadata.file), dataset.data);
        Ok(tables_of_dataset(request, metadata, bytes))
    }
}

impl Source for EmbeddedSource {
    fn content(&self) -> Option<Content> {
        None
    }

    fn read(&self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError> {
        self.tables(request)?.read(request, report)
    }

    fn bar_tables(&self, request: &Request<'_>) -> Result<Option<Tables>, DataError> {
        Ok(self.tables(request)?.of_bars())
    }
}
