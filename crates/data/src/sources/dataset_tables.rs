//! The tables of a dataset, as its metadata describe them.

use super::tables::{Part, Tables};
use crate::metadata::Metadata;
use crate::rows::RowConfig;
use crate::source::Request;
use crate::table::Bytes;

/// The tables that `metadata` describe, with what the config says in place of it.
pub(super) fn tables_of_dataset(request: &Request<'_>, metadata: Metadata, bytes: Bytes) -> Tables {
    let instrument = request.instrument.cloned().unwrap_or(metadata.instrument);
    let part =
        Part { name: format!("{}/{}", metadata.name, metadata.file), bytes, stated_sha256: Some(metadata.sha256) };
    Tables {
        name: metadata.name,
        path: part.bytes.path().to_path_buf(),
        content: metadata.content,
        parts: vec![part],
        rows: RowConfig { price: instrument.price, on_bad_rows: request.rows.on_bad_rows, ..metadata.reading },
        instrument,
    }
}
