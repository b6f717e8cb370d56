//! The user's own tables, in order of time.

use std::path::PathBuf;

use super::tables::{Part, Tables};
use crate::content::Content;
use crate::error::DataError;
use crate::input::files_of_pattern;
use crate::load_report::LoadReport;
use crate::rows::RowConfig;
use crate::source::{Read, Request, Source};
use crate::table::Bytes;

/// One file or several, each beginning where the one before ends. A folder stands for all its files, and `*` and `?` in
/// the name of a file for any characters: those files come in byte order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilesSource {
    /// What their rows are.
    pub content: Content,
    /// The files, folders and patterns, one at least.
    pub paths: Vec<PathBuf>,
}

impl FilesSource {
    fn tables(&self, request: &Request<'_>) -> Result<Tables, DataError> {
        let instrument = request.own_instrument()?;
        let files = self.paths.iter().map(|path| files_of_pattern(request.base_dir, path));
        let files = files.collect::<Result<Vec<_>, _>>()?.concat();
        let first = files.first().ok_or_else(|| DataError::config("paths", "is empty", "at least one file"))?;
        let part = |path: &PathBuf| Part {
            name: path.display().to_string(),
            bytes: Bytes::File(request.base_dir.join(path)),
            stated_sha256: None,
        };
        Ok(Tables {
            name: first.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
            path: request.base_dir.join(first),
            content: self.content,
            parts: files.iter().map(part).collect(),
            rows: RowConfig { price: instrument.price, ..request.rows.clone() },
            instrument,
        })
    }
}

impl Source for FilesSource {
    fn content(&self) -> Option<Content> {
        Some(self.content)
    }

    fn read(&self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError> {
        self.tables(request)?.read(request, report)
    }

    fn bar_tables(&self, request: &Request<'_>) -> Result<Option<Tables>, DataError> {
        Ok(self.tables(request)?.of_bars())
    }
}
