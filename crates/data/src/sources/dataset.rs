//! A folder with a `metadata.json` that says what is in it, and whose digest the files must have.

use std::path::PathBuf;

use super::dataset_tables::tables_of_dataset;
use super::tables::Tables;
use crate::content::Content;
use crate::error::DataError;
use crate::import::settle;
use crate::input::combined;
use crate::load_report::LoadReport;
use crate::metadata::Metadata;
use crate::source::{Read, Request, Source};
use crate::table::Bytes;

/// A dataset: a folder with a `metadata.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetSource {
    /// The folder.
    pub folder: PathBuf,
}

impl DatasetSource {
    fn open(&self, request: &Request<'_>) -> Result<(PathBuf, Metadata), DataError> {
        let folder = request.base_dir.join(&self.folder);
        // What an import that was cut off left does no harm where it cannot be deleted.
        let _ = settle(&folder);
        let metadata = Metadata::read(&folder)?;
        Ok((folder, metadata))
    }
}

impl Source for DatasetSource {
    fn content(&self) -> Option<Content> {
        None
    }

    fn read(&self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError> {
        let (folder, metadata) = self.open(request)?;
        let Some(vendor) = &metadata.vendor else {
            let bytes = Bytes::File(folder.join(&metadata.file));
            return tables_of_dataset(request, metadata, bytes).read(request, report);
        };
        let instrument = request.instrument.unwrap_or(&metadata.instrument);
        let inside = Request { base_dir: &folder, instrument: Some(instrument), ..request.clone() };
        let read = vendor.source().read(&inside, report)?;
        let found = combined(&read.digests);
        if found != metadata.sha256 {
            let (path, expected) = (folder.join(&metadata.file), metadata.sha256);
            return Err(DataError::Sha256Mismatch { path, expected, found });
        }
        Ok(Read { name: metadata.name, ..read })
    }

    fn bar_tables(&self, request: &Request<'_>) -> Result<Option<Tables>, DataError> {
        let (folder, metadata) = self.open(request)?;
        let bytes = Bytes::File(folder.join(&metadata.file));
        Ok(if metadata.vendor.is_some() { None } else { tables_of_dataset(request, metadata, bytes).of_bars() })
    }

    fn symbol_column(&self, request: &Request<'_>) -> Result<Option<String>, DataError> {
        Ok(self.open(request)?.1.symbol_column)
    }
}
