//! Folders that are gone again unless they are kept.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::DataError;

/// Folders that an import made: gone again unless they are kept.
pub(super) struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    pub(super) fn make(folder: &Path) -> Result<Self, DataError> {
        let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        // The innermost first, in which order they can be removed.
        let made = folder.ancestors().take_while(missing).map(Path::to_path_buf).collect();
        let made = Self(made);
        fs::create_dir_all(folder).map_err(|error| DataError::io(folder, &error))?;
        Ok(made)
    }

    pub(super) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in &self.0 {
            // One in which something else was put meanwhile stays.
            let _ = fs::remove_dir(folder);
        }
    }
}
