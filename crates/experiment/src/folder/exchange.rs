//! A finished run takes the place of an earlier one: the earlier is renamed aside, the new one renamed in, and only
//! then is anything deleted. What a kill cut in between is completed or reverted by the next command that opens the
//! name.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scaleout_data::faults;

use super::{
    lock::FolderLock,
    marker::{JOURNAL, LOCK, Listed, MARKER, io_error, sorted},
};
use crate::ExperimentError;

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
        Self { out: out.to_owned(), partial: beside(".partial"), aside: beside(".replaced") }
    }

    /// Whether the folder in the making is a finished run that was only not renamed yet.
    fn is_complete(&self) -> bool {
        self.partial.join(MARKER).is_file() && !self.partial.join(JOURNAL).exists()
    }

    /// Completes or reverts an exchange that was cut off. Does nothing while another process works under this name,
    /// nor to folders that are not wholly the work of runs.
    ///
    /// # Errors
    /// If the disk refuses, or something that no run wrote stands where the complete run belongs.
    pub(crate) fn settle(&self) -> Result<(), ExperimentError> {
        if FolderLock::is_held(&self.partial) || FolderLock::is_held(&self.out) {
            return Ok(());
        }
        if self.is_complete() {
            self.exchange()?;
        } else if let Ok(earlier) = replaceable(&self.aside) {
            if self.out.exists() { earlier.delete(&self.aside)? } else { rename(&self.aside, &self.out)? }
        }
        let stale = self.out.join(LOCK);
        if stale.exists() && self.out.join(MARKER).exists() {
            fs::remove_file(&stale).map_err(|source| io_error(&stale, source))?;
        }
        Ok(())
    }

    /// Puts the complete folder in the making into its place. An earlier run that stands there is deleted last, and
    /// only what it wrote.
    ///
    /// # Errors
    /// If what stands there is not wholly its own work, or the disk refuses; then nothing has been deleted.
    pub(crate) fn exchange(&self) -> Result<(), ExperimentError> {
        if self.out.exists() {
            if self.aside.exists() {
                replaceable(&self.aside)?.delete(&self.aside)?;
            }
            replaceable(&self.out)?;
            faults::point("run.before-aside");
            rename(&self.out, &self.aside)?;
            faults::point("run.after-aside");
        }
        faults::point("run.before-in");
        rename(&self.partial, &self.out)?;
        faults::point("run.after-in");
        if self.aside.exists() {
            replaceable(&self.aside)?.delete(&self.aside)?;
        }
        faults::point("run.after-delete");
        Ok(())
    }
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
    if sorted(folder)?.iter().all(|name| name.as_os_str() == LOCK) {
        return Ok(Listed::default());
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
