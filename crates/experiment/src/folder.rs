use std::{
    fs, io,
    path::{Path, PathBuf},
};

use scaleout_data::write_atomically;

use crate::{ExperimentError, lessons::checkpoint::CHECKPOINTS};

/// The file whose presence marks a finished run folder.
const FINISHED: &str = "report.json";

/// A run folder in the making: `<out>.partial/` until [`RunFolder::finish`] renames it to `<out>`.
///
/// A run that dies leaves `<out>` as it was, and its own work in the partial folder, which `resume` takes up.
#[derive(Debug)]
pub struct RunFolder {
    partial: PathBuf,
    out: PathBuf,
    /// Whether it holds the work of an earlier run.
    is_resumed: bool,
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
    /// Opens `<out>.partial/`. Refuses if `out` exists and is not a finished run folder, so that a mistyped path
    /// never replaces something else.
    pub fn open(out: &Path, unfinished: Unfinished) -> Result<Self, ExperimentError> {
        let occupied = out.exists() && !out.join(FINISHED).is_file();
        let empty = out.is_dir() && fs::read_dir(out).map_err(|source| in_folder(out, source))?.next().is_none();
        if occupied && !empty {
            return Err(ExperimentError::OutputOccupied { path: out.to_owned() });
        }
        let mut name = out.file_name().map_or_else(Default::default, ToOwned::to_owned);
        name.push(".partial");
        let partial = out.with_file_name(name);
        let is_resumed = unfinished == Unfinished::Resume && partial.exists();
        if unfinished == Unfinished::Discard && partial.exists() {
            fs::remove_dir_all(&partial).map_err(|source| in_folder(&partial, source))?;
        }
        fs::create_dir_all(&partial).map_err(|source| in_folder(&partial, source))?;
        Ok(Self { partial, out: out.to_owned(), is_resumed })
    }

    /// The folder to write into.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// The folder it will become.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// Writes `name` below the folder: whole or not at all.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), ExperimentError> {
        let path = self.partial.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| in_folder(parent, source))?;
        }
        Ok(write_atomically(&path, contents)?)
    }

    /// Removes `name` below the folder, if it is there.
    pub fn remove(&self, name: &str) -> Result<(), ExperimentError> {
        let path = self.partial.join(name);
        match fs::remove_dir_all(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(in_folder(&path, source)),
            _ => Ok(()),
        }
    }

    /// Removes the folder of a run that failed, unless there are checkpoints and something to keep them for: they were
    /// there before, or the run `may_pass` when it is tried again.
    pub fn fail(&self, may_pass: bool) -> Result<(), ExperimentError> {
        let checkpoints = self.partial.join(CHECKPOINTS);
        let has_any = || fs::read_dir(checkpoints).is_ok_and(|mut items| items.next().is_some());
        if (may_pass || self.is_resumed) && has_any() { Ok(()) } else { self.remove("") }
    }

    /// Renames the folder to its final name, in place of an earlier run of that name.
    pub fn finish(self) -> Result<PathBuf, ExperimentError> {
        if self.out.exists() {
            fs::remove_dir_all(&self.out).map_err(|source| in_folder(&self.out, source))?;
        }
        fs::rename(&self.partial, &self.out).map_err(|source| in_folder(&self.out, source))?;
        Ok(self.out)
    }
}

fn in_folder(path: &Path, source: io::Error) -> ExperimentError {
    ExperimentError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the partial folder is left after a failure, with and without a checkpoint in it.
    fn check(name: &str, unfinished: Unfinished, may_pass: bool, has_checkpoint: bool, is_left: bool) {
        let out = std::env::temp_dir().join(format!("scaleout-folder-{}-{name}", std::process::id()));
        let partial = out.with_extension("partial");
        if unfinished == Unfinished::Resume {
            fs::create_dir_all(&partial).unwrap();
        }
        let folder = RunFolder::open(&out, unfinished).unwrap();
        if has_checkpoint {
            folder.write(&format!("{CHECKPOINTS}/fold-0-linear.json"), b"{}").unwrap();
        }
        folder.fail(may_pass).unwrap();
        assert_eq!(partial.exists(), is_left, "{name}");
        if is_left {
            fs::remove_dir_all(partial).unwrap();
        }
    }

    #[test]
    fn a_failed_run_leaves_checkpoints_that_another_try_can_use_and_nothing_else() {
        check("refused", Unfinished::Discard, false, true, false);
        check("disk full", Unfinished::Discard, true, true, true);
        check("disk full at once", Unfinished::Discard, true, false, false);
        check("resumed", Unfinished::Resume, false, true, true);
        check("resumed without any", Unfinished::Resume, false, false, false);
    }
}
