//! A finished run takes the place of an earlier one: the earlier is renamed aside, the new one renamed in, and only
//! then is anything deleted. What a kill cut in between is completed or reverted by the next command that opens the
//! name. Only folders that hold the note of the exchange are touched: the names alone say nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scaleout_data::faults;

use super::{
    lock::FolderLock,
    marker::{JOURNAL, LOCK, Listed, MARKER, sorted},
    note::{self, ASIDE, NOTE, PARTIAL},
};
use crate::{ExperimentError, error::io_error};

/// The folders that belong to the name `out`.
#[derive(Debug)]
pub(crate) struct Places {
    /// The run.
    pub out: PathBuf,
    /// The run in the making.
    pub partial: PathBuf,
    /// The earlier run while it is replaced.
    pub aside: PathBuf,
}

impl Places {
    pub(crate) fn of(out: &Path) -> Self {
        let beside = |ending: &str| {
            let mut name = out.file_name().map_or_else(Default::default, ToOwned::to_owned);
            name.push(ending);
            out.with_file_name(name)
        };
        Self { out: out.to_owned(), partial: beside(PARTIAL), aside: beside(ASIDE) }
    }

    /// Whether the folder in the making is a finished run that was only not renamed yet.
    fn is_complete(&self) -> bool {
        let has = |name: &str| self.partial.join(name).exists();
        note::is_whole(&self.partial, &self.out) && has(MARKER) && !has(JOURNAL)
    }

    /// Whether the folder aside holds an earlier run that an exchange put there.
    fn is_set_aside(&self) -> bool {
        note::is_whole(&self.aside, &self.out)
    }

    /// Completes or reverts an exchange that was cut off. Does nothing while another process works under this name, nor
    /// to folders that no exchange moved.
    ///
    /// # Errors
    /// If the disk refuses, or something that no run wrote stands where the complete run belongs.
    pub(crate) fn settle(&self) -> Result<(), ExperimentError> {
        if FolderLock::is_held(&self.partial) || FolderLock::is_held(&self.out) {
            return Ok(());
        }
        if self.is_complete() {
            self.exchange()?;
        } else if self.is_set_aside() {
            if !is_there(&self.out) {
                rename(&self.aside, &self.out)?;
            } else if let Ok(earlier) = replaceable(&self.aside) {
                earlier.delete(&self.aside)?;
            }
        } else if note::is_whole(&self.out, &self.out) && is_emptied(&self.aside) {
            // The kill came between the last file of the earlier run and its folder.
            replaceable(&self.aside)?.delete(&self.aside)?;
        }
        if self.out.join(MARKER).exists() {
            if note::is_whole(&self.out, &self.out) {
                note::remove(&self.out)?;
            }
            let stale = self.out.join(LOCK);
            // A lock has no content; what has some is the user's.
            if fs::symlink_metadata(&stale).is_ok_and(|kind| kind.is_file() && kind.len() == 0) {
                fs::remove_file(&stale).map_err(|source| io_error(&stale, source))?;
            }
        }
        Ok(())
    }

    /// Puts the complete folder in the making, which holds the note, into its place. An earlier run that stands there is
    /// deleted last, and only what it wrote.
    ///
    /// # Errors
    /// If what stands there is not wholly its own work, or the disk refuses; then nothing has been deleted.
    pub(crate) fn exchange(&self) -> Result<(), ExperimentError> {
        if is_there(&self.out) {
            self.check_aside()?;
            if is_there(&self.aside) {
                replaceable(&self.aside)?.delete(&self.aside)?;
            }
            replaceable(&self.out)?;
            note::write(&self.out, &self.out)?;
            faults::point("run.before-aside");
            rename(&self.out, &self.aside)?;
            faults::point("run.after-aside");
        }
        faults::point("run.before-in");
        rename(&self.partial, &self.out)?;
        faults::point("run.after-in");
        if self.is_set_aside() {
            replaceable(&self.aside)?.delete(&self.aside)?;
        }
        faults::point("run.after-delete");
        note::remove(&self.out)
    }

    /// Nothing, if an earlier run can be set aside. What an exchange that was cut off left there is no obstacle, nor is
    /// an empty folder, which is all that may be left of it.
    ///
    /// # Errors
    /// If anything else stands there, or the disk refuses.
    pub(crate) fn check_aside(&self) -> Result<(), ExperimentError> {
        let Ok(kind) = fs::symlink_metadata(&self.aside) else { return Ok(()) };
        if kind.is_dir() && (self.is_set_aside() || sorted(&self.aside)?.is_empty()) {
            return replaceable(&self.aside).map(drop);
        }
        Err(ExperimentError::PlaceTaken { path: self.aside.clone() })
    }
}

/// Whether `folder` is one in which nothing is left but a lock.
fn is_emptied(folder: &Path) -> bool {
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|kind| kind.is_dir());
    is_folder && sorted(folder).is_ok_and(|names| names.iter().all(|name| name.as_os_str() == LOCK))
}

/// Whether anything has this name, a link that leads nowhere included.
pub(crate) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The list of what may be deleted of the finished run at `folder`; an empty folder is a run that wrote nothing.
///
/// # Errors
/// If it is no folder, has no marker, or holds anything that the run did not write or that was changed since.
pub(crate) fn replaceable(folder: &Path) -> Result<Listed, ExperimentError> {
    let kind = fs::symlink_metadata(folder).map_err(|source| io_error(folder, source))?;
    if !kind.is_dir() {
        return Err(ExperimentError::OutputOccupied { path: folder.to_owned() });
    }
    if sorted(folder)?.iter().all(|name| [LOCK, NOTE].iter().any(|paper| name.as_os_str() == *paper)) {
        let nothing = Listed::default();
        nothing.check(folder)?;
        return Ok(nothing);
    }
    let Some(listed) = Listed::of_finished(folder)? else {
        return Err(ExperimentError::OutputOccupied { path: folder.to_owned() });
    };
    listed.check(folder)?;
    Ok(listed)
}

fn rename(from: &Path, to: &Path) -> Result<(), ExperimentError> {
    fs::rename(from, to).map_err(|source| io_error(to, source))
}
