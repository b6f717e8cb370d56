//! The note of an exchange: it tells the folders that an exchange moves from those that a user gave such names.
//!
//! It lies in the folder that is moved aside and in the one that is moved in, from before the first rename until the
//! exchange is done. It holds the name of the run, so that a copy under another name is not of the exchange.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Write,
    path::Path,
};

use crate::{ExperimentError, error::io_error};

/// What the names of the folders beside a run end in; no run has such a name.
pub(crate) const ENDINGS: [&str; 2] = [PARTIAL, ASIDE];

/// Ending of the folder that a run is written into.
pub(crate) const PARTIAL: &str = ".partial";
/// Ending of the folder that a run is moved to while another takes its place.
pub(crate) const ASIDE: &str = ".replaced";

/// The file of the note.
pub(crate) const NOTE: &str = "scaleout-exchange.txt";

/// Writes the note of an exchange under the name of `out` into `folder`.
///
/// # Errors
/// If something else lies there, or the disk refuses.
pub(crate) fn write(folder: &Path, out: &Path) -> Result<(), ExperimentError> {
    let path = folder.join(NOTE);
    if fs::symlink_metadata(&path).is_ok() && !is_own(folder) {
        return Err(ExperimentError::InTheWay { path, problem: "no run of scaleout wrote it" });
    }
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&path)?;
        file.write_all(&text(name_of(out)))?;
        file.sync_data()
    };
    write().map_err(|source| io_error(&path, source))
}

/// Whether `folder` is moved by an exchange under the name of `out`.
pub(crate) fn is_whole(folder: &Path, out: &Path) -> bool {
    let expected = text(name_of(out));
    found(folder, &expected).is_some_and(|found| found == expected)
}

/// Whether the note in `folder` is that of its own name, or the beginning of it, as a kill leaves it.
pub(crate) fn is_own(folder: &Path) -> bool {
    let name = name_of(folder);
    let shorter = ENDINGS.iter().find_map(|ending| {
        let whole = name.to_str()?;
        whole.strip_suffix(ending)
    });
    let expected = text(shorter.map_or(name, OsStr::new));
    found(folder, &expected).is_some_and(|found| expected.starts_with(&found))
}

/// Removes the note from `folder`, where there is one.
///
/// # Errors
/// If the disk refuses.
pub(crate) fn remove(folder: &Path) -> Result<(), ExperimentError> {
    let path = folder.join(NOTE);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(io_error(&path, source)),
        _ => Ok(()),
    }
}

fn name_of(folder: &Path) -> &OsStr {
    folder.file_name().unwrap_or_default()
}

fn text(name: &OsStr) -> Vec<u8> {
    [b"scaleout exchanges the run ".as_slice(), name.as_encoded_bytes(), b"\n"].concat()
}

/// What the note in `folder` holds; `None` where there is no file of at most the `expected` length.
fn found(folder: &Path, expected: &[u8]) -> Option<Vec<u8>> {
    let path = folder.join(NOTE);
    let kind = fs::symlink_metadata(&path).ok()?;
    if !kind.is_file() || (expected.len() as u64) < kind.len() {
        return None;
    }
    fs::read(path).ok()
}
