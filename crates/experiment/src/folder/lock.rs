//! Two runs into one folder are kept apart by a lock that dies with its process.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use super::marker::LOCK;
use crate::{ExperimentError, error::io_error};

/// The lock on a folder of a run; released when it is dropped or its process ends, in whatever way.
#[derive(Debug)]
pub(crate) struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Takes the lock of `folder`, which exists.
    ///
    /// # Errors
    /// If another process holds it, or the file cannot be written.
    pub(crate) fn take(folder: &Path) -> Result<Self, ExperimentError> {
        let path = folder.join(LOCK);
        // Opening a named pipe would wait for its reader, and a link would be followed.
        if fs::symlink_metadata(&path).is_ok_and(|kind| !kind.is_file()) {
            return Err(ExperimentError::InTheWay { path, problem: "it is a link or a device" });
        }
        let busy = || ExperimentError::Busy { path: folder.to_owned() };
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(|source| io_error(&path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy()),
            Err(TryLockError::Error(source)) => return Err(io_error(&path, source)),
        }
        // Whoever held it may have renamed the folder between our opening and our locking.
        if is_at(&file, &path) { Ok(Self { file }) } else { Err(busy()) }
    }

    /// Whether another process works in `folder`.
    pub(crate) fn is_held(folder: &Path) -> bool {
        let path = folder.join(LOCK);
        if !fs::symlink_metadata(&path).is_ok_and(|kind| kind.is_file()) {
            return false;
        }
        let open = OpenOptions::new().write(true).open(path);
        open.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Releases the lock and removes its file, which lies in `folder` by now.
    pub(crate) fn release(self, folder: &Path) -> Result<(), ExperimentError> {
        let path: PathBuf = folder.join(LOCK);
        let removed = if path.exists() { fs::remove_file(&path) } else { Ok(()) };
        drop(self.file);
        removed.map_err(|source| io_error(&path, source))
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |(a, b): (fs::Metadata, fs::Metadata)| (a.dev(), a.ino()) == (b.dev(), b.ino());
    file.metadata().ok().zip(fs::metadata(path).ok()).is_some_and(same)
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}
