//! The folder of a run. It is made in `<out>.partial/` and gets its name when it is complete. It never deletes a file that
//! no run wrote.

mod adopt;
mod exchange;
mod lock;
mod marker;
mod note;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use scaleout_data::{Limit, faults, read_text, write_atomically};

pub(crate) use adopt::OldReport;
pub use adopt::adopt;
use exchange::{Places, is_there, replaceable};
use lock::FolderLock;
use marker::{Digest, JOURNAL, LOCK, Listed, announce, digest_of, mark_finished, sorted};
pub(crate) use marker::{OwnFiles, is_finished};
use note::ENDINGS;

use crate::{ExperimentError, error::io_error, lessons::checkpoint::CHECKPOINTS};

/// A run folder in the making: `<out>.partial/` until [`RunFolder::finish`] renames it to `<out>`.
///
/// A run that dies leaves `<out>` unchanged and its own work in the partial folder, from which `--resume` continues. A lock
/// on the partial folder prevents a second run into the same folder.
#[derive(Debug)]
pub struct RunFolder {
    places: Places,
    lock: FolderLock,
    /// What this run and the one it continues announced, with the last state of each file.
    written: Mutex<BTreeMap<String, Digest>>,
}

/// What to do with the partial folder of an earlier, unfinished run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// Begin again.
    Discard,
    /// Continue from its checkpoints.
    Resume,
}

impl RunFolder {
    /// Opens `<out>.partial/`, after an exchange of folders that was cut off has been completed or reverted.
    ///
    /// # Errors
    /// If `out` has a name that no run may have, or is a mount point; if it or the folders beside it hold anything that no run wrote or that
    /// was changed since, so that a mistyped path never replaces something else; if another process works under this
    /// name; if the disk refuses.
    pub fn open(out: &Path, unfinished: Unfinished) -> Result<Self, ExperimentError> {
        check_name(out)?;
        let places = Places::of(out);
        places.settle()?;
        if is_there(out) {
            replaceable(out)?;
        }
        places.check_aside()?;
        let partial = places.partial.clone();
        let is_new = !is_there(&partial);
        let is_folder = fs::symlink_metadata(&partial).is_ok_and(|kind| kind.is_dir());
        let is_begun = || -> Result<bool, ExperimentError> {
            Ok(partial.join(JOURNAL).exists() || sorted(&partial)?.iter().all(|name| name.as_os_str() == LOCK))
        };
        if !(is_new || is_folder && is_begun()?) {
            return Err(ExperimentError::PlaceTaken { path: places.partial });
        }
        fs::create_dir_all(&partial).map_err(|source| io_error(&partial, source))?;
        let lock = FolderLock::take(&partial)?;
        let listed = Listed::of_unfinished(&partial)?;
        let is_resumed = unfinished == Unfinished::Resume && !is_new;
        let mut written = BTreeMap::new();
        if is_resumed {
            let later: BTreeMap<String, Digest>;
            (written, later) =
                listed.unchanged(&partial).into_iter().partition(|(name, _)| name.starts_with(CHECKPOINTS));
            // What was written after learning is written again, and perhaps not all of it.
            for path in later.keys().map(|name| partial.join(name)) {
                fs::remove_file(&path).map_err(|source| io_error(&path, source))?;
            }
        } else if !is_new {
            listed.delete_contents(&partial)?;
        }
        Ok(Self { places, lock, written: Mutex::new(written) })
    }

    /// Completes or reverts an exchange of folders that a kill cut off: what every command does that reads a run. `path`
    /// is the run, its model folder, or the model file in that. A folder without the note of an exchange stays as it is.
    ///
    /// # Errors
    /// If a folder in the way holds something that no run wrote, or the disk refuses.
    pub fn settle(path: &Path) -> Result<(), ExperimentError> {
        let named = path.ancestors().take(3).filter(|place| place.file_name().is_some());
        named.map(Places::of).try_for_each(|places| places.settle())
    }

    /// The folder to write into.
    pub fn path(&self) -> &Path {
        &self.places.partial
    }

    /// The folder it will become.
    pub fn out(&self) -> &Path {
        &self.places.out
    }

    /// Writes `name` below the folder: whole or not at all.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), ExperimentError> {
        let path = self.path().join(name);
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = announce(self.path(), name, contents)?;
        faults::point("write.announced");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| io_error(parent, source))?;
        }
        write_atomically(&path, contents)?;
        faults::point("write.done");
        written.insert(name.to_owned(), digest);
        Ok(())
    }

    /// The text of `name`, if this run or the one it continues wrote it and it is as it was then.
    pub fn read(&self, name: &str) -> Option<String> {
        let path = self.path().join(name);
        let known = self.written.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()?;
        let digest = digest_of(&path).ok()?;
        (digest == known).then(|| read_text(&path, Limit::Model).ok()).flatten()
    }

    /// Removes the files that the run wrote into the folder `name` below this one, and the folder, if it is there.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn remove(&self, name: &str) -> Result<(), ExperimentError> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let inside = format!("{name}/");
        let names: Vec<String> = written.keys().filter(|path| path.starts_with(&inside)).cloned().collect();
        for name in names {
            let path = self.path().join(&name);
            if path.exists() {
                fs::remove_file(&path).map_err(|source| io_error(&path, source))?;
            }
            written.remove(&name);
        }
        let folder = self.path().join(name);
        if folder.exists() && sorted(&folder)?.is_empty() {
            fs::remove_dir(&folder).map_err(|source| io_error(&folder, source))?;
        }
        Ok(())
    }

    /// Removes the folder of a run that failed, unless it holds models that were learned: then it stays for `--resume`, and
    /// its path is returned.
    ///
    /// # Errors
    /// If there is something in it that the run did not write, or the disk refuses.
    pub fn fail(self) -> Result<Option<PathBuf>, ExperimentError> {
        let checkpoints = self.path().join(CHECKPOINTS);
        if sorted(&checkpoints).is_ok_and(|names| !names.is_empty()) {
            self.lock.release(&self.places.partial)?;
            return Ok(Some(self.places.partial));
        }
        Listed::of_unfinished(&self.places.partial)?.delete(&self.places.partial)?;
        Ok(None)
    }

    /// Marks the folder as whole and gives it its final name, in place of an earlier run of that name.
    ///
    /// # Errors
    /// If what stands there is not wholly the work of an earlier run, or the disk refuses; then nothing is deleted.
    pub fn finish(self) -> Result<PathBuf, ExperimentError> {
        let Self { places, lock, written, .. } = self;
        let written = written.into_inner().unwrap_or_else(PoisonError::into_inner);
        mark_finished(&places.partial, written)?;
        faults::point("run.marked");
        note::write(&places.partial, &places.out)?;
        faults::point("run.noted");
        let journal = places.partial.join(JOURNAL);
        fs::remove_file(&journal).map_err(|source| io_error(&journal, source))?;
        places.exchange()?;
        lock.release(&places.out)?;
        Ok(places.out)
    }
}

/// Nothing, if a folder beside `out` can be renamed to it, and `out` to another beside it.
///
/// # Errors
/// Names what cannot be renamed so, and names that a run keeps for the folders beside its own.
fn check_name(out: &Path) -> Result<(), ExperimentError> {
    let refused = |problem| Err(ExperimentError::OutputName { path: out.to_owned(), problem });
    let Some(name) = out.file_name() else {
        return refused("has no name that a run could take; accepted: a folder's name, as runs/mine");
    };
    if ENDINGS.iter().any(|ending| name.as_encoded_bytes().ends_with(ending.as_bytes())) {
        return refused("ends as the folders that a run needs beside its own; accepted: another ending");
    }
    if is_mount_point(out) {
        return refused("is a mount point and cannot be renamed; accepted: a folder inside it");
    }
    Ok(())
}

/// Whether `path` is a folder on another device than the one it lies in.
#[cfg(unix)]
fn is_mount_point(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let own = fs::symlink_metadata(path);
    own.ok().zip(fs::metadata(parent).ok()).is_some_and(|(own, parent)| own.is_dir() && own.dev() != parent.dev())
}

#[cfg(not(unix))]
fn is_mount_point(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests;
