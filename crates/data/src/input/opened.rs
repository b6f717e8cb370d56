//! Files that may be read: ordinary ones, and pipes that the shell hands over.

use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::DataError;

/// A file or pipe opened for reading.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) path: PathBuf,
    pub(crate) file: File,
    /// What it was when it was opened; `None` of a pipe.
    pub(crate) identity: Option<Identity>,
}

/// What tells whether a file is still the one that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Device and inode, where the system has them.
    place: Option<(u64, u64)>,
}

impl Opened {
    /// Opens what may be read. A device would never end, and a named pipe waits for a writer that may never come, so
    /// both are refused; `/dev/stdin` and the pipes of `<(command)` are not.
    pub(crate) fn at(path: &Path) -> Result<Self, DataError> {
        let io = |error: std::io::Error| DataError::io(path, &error);
        let before = fs::metadata(path).map_err(io)?;
        let refused = |what| Err(DataError::NotAFile { path: path.to_path_buf(), what });
        if before.is_dir() {
            return refused("a folder");
        }
        if !before.is_file() {
            match special(&before) {
                Special::Pipe if of_the_shell(path) => {}
                Special::Pipe => return refused("a named pipe"),
                Special::Other => return refused("a device or socket"),
            }
        }
        let file = File::open(path).map_err(io)?;
        let metadata = file.metadata().map_err(io)?;
        let identity = metadata.is_file().then(|| Identity::of(&metadata));
        Ok(Self { path: path.to_path_buf(), file, identity })
    }

    /// Its size in bytes; a pipe has none.
    pub(crate) fn bytes(&self) -> Option<u64> {
        self.identity.as_ref().map(Identity::bytes)
    }
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok(), place: place(metadata) }
    }

    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the open file, and the one that now has its name, are still the same.
    pub(crate) fn check(&self, path: &Path, file: &File) -> Result<(), DataError> {
        let changed = |what: String| Err(DataError::Changed { path: path.to_path_buf(), what });
        let open = file.metadata().map_err(|error| DataError::io(path, &error))?;
        let named = fs::metadata(path).map(|metadata| Self::of(&metadata));
        for now in [Ok(Self::of(&open)), named] {
            match now {
                Ok(now) if now.place != self.place => return changed("another file took its place".into()),
                Ok(now) if now.bytes != self.bytes => {
                    return changed(format!("its size went from {} to {} bytes", self.bytes, now.bytes));
                }
                Ok(now) if now.modified != self.modified => return changed("it was written to".into()),
                Ok(_) => {}
                Err(_) => return changed("it was removed".into()),
            }
        }
        Ok(())
    }
}

enum Special {
    Pipe,
    Other,
}

#[cfg(unix)]
fn special(metadata: &Metadata) -> Special {
    use std::os::unix::fs::FileTypeExt;
    if metadata.file_type().is_fifo() { Special::Pipe } else { Special::Other }
}

#[cfg(not(unix))]
fn special(_: &Metadata) -> Special {
    Special::Other
}

#[cfg(unix)]
fn place(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn place(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Whether a pipe is one that the shell made: its writer exists already.
fn of_the_shell(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd", "/proc"].iter().any(|place| path.starts_with(place))
}
