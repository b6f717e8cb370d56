//! Where history can come from: the embedded dataset, a dataset's folder, the user's own tables, a vendor's files.

mod dataset;
mod dataset_tables;
mod embedded;
mod files;
mod tables;

pub use dataset::DatasetSource;
pub use embedded::{EMBEDDED, EmbeddedSource};
pub use files::FilesSource;
pub(crate) use tables::{MarketOfTables, Tables};

use crate::source::Source;
use crate::vendors::Vendor;

/// Where the market's history comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum DataSource {
    /// A dataset that is part of the program.
    Embedded(EmbeddedSource),
    /// A folder with a `metadata.json`.
    Dataset(DatasetSource),
    /// The user's own tables.
    Files(FilesSource),
    /// Files in a vendor's own format.
    Vendor(Vendor),
}

impl DataSource {
    /// What reads it.
    pub(crate) fn source(&self) -> &dyn Source {
        match self {
            Self::Embedded(source) => source,
            Self::Dataset(source) => source,
            Self::Files(source) => source,
            Self::Vendor(vendor) => vendor.source(),
        }
    }
}
