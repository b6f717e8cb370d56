//! New data and new metadata take the place of the old ones in one step.
//!
//! `metadata.json` names the data file, so renaming it is the step. The new data file gets a name that is still free.
//! A journal lists what belongs to the import: whatever a kill leaves behind is removed by the next command that opens
//! the dataset. A file is deleted only if the journal names it and its digest is the one in the journal.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::error::DataError;
use crate::faults;
use crate::input::{Limit, Opened, sha256_of_file};
use crate::metadata::Metadata;
use crate::writer::write_atomically;

/// The journal of an import, in the dataset's folder while it goes on; its lock dies with its process.
const JOURNAL: &str = "scaleout-import.json";
/// The data file in the making.
const MAKING: &str = "scaleout-import.parquet";
/// The same while its rows are written.
const WRITING: &str = "scaleout-import.parquet.partial";
/// The metadata while they are written.
const DESCRIBING: &str = "metadata.json.partial";

/// An import at work in a dataset's folder. Dropped before [`Exchange::finish`], it leaves the dataset as it was.
pub(super) struct Exchange {
    folder: PathBuf,
    /// Open while the import works.
    journal: Option<File>,
}

/// How the text of every journal begins.
const BEGINNING: &str = "{\"new\":";

/// Which file takes whose place.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExchangePlan {
    new: OwnFile,
    old: Option<OwnFile>,
}

/// A file that an import wrote.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFile {
    name: String,
    sha256: String,
}

impl Exchange {
    /// Begins an import into `folder`, which exists, after one that was cut off there has been cleared away.
    pub(super) fn begin(folder: &Path) -> Result<Self, DataError> {
        settle(folder)?;
        if let Some(path) =
            [MAKING, WRITING, DESCRIBING].map(|name| folder.join(name)).into_iter().find(|path| path.exists())
        {
            return Err(DataError::Occupied { path });
        }
        let busy = || DataError::Busy { path: folder.to_path_buf() };
        let path = folder.join(JOURNAL);
        let journal = match OpenOptions::new().create_new(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(busy()),
            Err(error) => return Err(DataError::io(&path, &error)),
        };
        // Another import may have cleared the file away between its making and its locking.
        if !matches!(journal.try_lock(), Ok(())) || !is_at(&journal, &path) {
            return Err(busy());
        }
        let exchange = Self { folder: folder.to_path_buf(), journal: Some(journal) };
        faults::point("import.begun");
        Ok(exchange)
    }

    /// Where the new data file is written.
    pub(super) fn data_file(&self) -> PathBuf {
        self.folder.join(MAKING)
    }

    /// Puts the data file and the metadata that `metadata` makes of its name and digest into their places, then
    /// deletes the file that the `known` metadata named. Returns the metadata as written.
    pub(super) fn finish(
        mut self,
        content: Content,
        known: Option<&Metadata>,
        metadata: impl FnOnce(String, String) -> Metadata,
    ) -> Result<Metadata, DataError> {
        let making = self.data_file();
        let sha256 = sha256_of_file(&making)?;
        let old = known.map(|known| OwnFile { name: known.file.clone(), sha256: known.sha256.clone() });
        let old = old.filter(|old| old.is_in(&self.folder));
        let new = OwnFile { name: self.free_name(content, old.as_ref(), &sha256)?, sha256 };
        let metadata = metadata(new.name.clone(), new.sha256.clone());
        self.announce(&ExchangePlan { new: new.clone(), old })?;
        faults::point("import.announced");
        if !new.is_in(&self.folder) {
            let place = self.folder.join(&new.name);
            fs::rename(&making, &place).map_err(|error| DataError::io(&place, &error))?;
        }
        faults::point("import.data-in");
        write_atomically(&self.folder.join("metadata.json"), metadata.to_json().as_bytes())?;
        faults::point("import.metadata-in");
        self.journal = None;
        settle(&self.folder)?;
        faults::point("import.settled");
        Ok(metadata)
    }

    /// A name for data of this digest: that of the old file if it has the same bytes, else one that nothing stands
    /// under.
    fn free_name(&self, content: Content, old: Option<&OwnFile>, sha256: &str) -> Result<String, DataError> {
        if let Some(same) = old.filter(|old| old.sha256 == sha256) {
            return Ok(same.name.clone());
        }
        let usual = content.file_name();
        if fs::symlink_metadata(self.folder.join(usual)).is_err() {
            return Ok(usual.to_string());
        }
        let named = content.file_name_of(sha256);
        let path = self.folder.join(&named);
        let is_free = fs::symlink_metadata(&path).is_err();
        let is_same = || OwnFile { name: named.clone(), sha256: sha256.to_string() }.is_in(&self.folder);
        if is_free || is_same() { Ok(named) } else { Err(DataError::Occupied { path }) }
    }

    fn announce(&mut self, plan: &ExchangePlan) -> Result<(), DataError> {
        let path = self.folder.join(JOURNAL);
        let text = serde_json::to_string(plan).expect("Invariant: a plan has no map with other keys than text") + "\n";
        let journal = self.journal.as_mut().expect("Invariant: a journal is open until its import is finished");
        let written = journal.write_all(text.as_bytes()).and_then(|()| journal.sync_all());
        written.map_err(|error| DataError::io(&path, &error))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if self.journal.take().is_some() {
            // The reason of the failure is on its way to the user; what stays is cleared away by the next command.
            let _ = settle(&self.folder);
        }
    }
}

/// Clears away what an import that was cut off left in a dataset's folder: the files that its `metadata.json` does not
/// name. Does nothing while an import is at work there, or where none was cut off.
///
/// # Errors
/// If the folder cannot be written. The dataset is whole all the same.
pub(crate) fn settle(folder: &Path) -> Result<(), DataError> {
    let path = folder.join(JOURNAL);
    let mut journal = match OpenOptions::new().read(true).write(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(DataError::io(&path, &error)),
    };
    match journal.try_lock() {
        Ok(()) if is_at(&journal, &path) => {}
        Ok(()) | Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(DataError::io(&path, &error)),
    }
    let mut text = String::new();
    let read = (&mut journal).take(Limit::Metadata.most()).read_to_string(&mut text);
    read.map_err(|error| DataError::io(&path, &error))?;
    if !BEGINNING.starts_with(&text) && !text.starts_with(BEGINNING) {
        return Err(DataError::Occupied { path });
    }
    // A plan that is not whole was cut off before anything was renamed.
    if let Ok(ExchangePlan { new, old }) = serde_json::from_str(&text) {
        let named = if folder.join("metadata.json").exists() { Some(Metadata::read(folder)?.file) } else { None };
        // Without metadata there is no dataset yet: only the new file belongs to the import.
        let unnamed = [Some(new), old.filter(|_| named.is_some())].into_iter().flatten();
        for file in unnamed.filter(|file| named.as_ref() != Some(&file.name) && file.is_in(folder)) {
            remove(&folder.join(&file.name))?;
        }
    }
    for name in [WRITING, MAKING, DESCRIBING] {
        remove(&folder.join(name))?;
    }
    faults::point("import.deleted");
    remove(&path)
}

impl OwnFile {
    /// Whether the file is in `folder` itself, with its digest.
    fn is_in(&self, folder: &Path) -> bool {
        let mut parts = Path::new(&self.name).components();
        let is_plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
        is_plain && sha256_of_file(&folder.join(&self.name)).is_ok_and(|found| found == self.sha256)
    }
}

fn remove(path: &Path) -> Result<(), DataError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(DataError::io(path, &error)),
        _ => Ok(()),
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    Opened::at(path).is_ok_and(|opened| opened.identity.is_some_and(|identity| identity.check(path, file).is_ok()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{DESCRIBING, Exchange, JOURNAL, MAKING, WRITING, settle};
    use crate::scratch::Scratch;

    fn names(scratch: &Scratch) -> Vec<String> {
        let names =
            fs::read_dir(scratch.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    }

    /// What a kill may leave is gone after the next command; a folder without a journal is left as it is.
    #[test]
    fn what_a_cut_off_import_left_is_cleared_away() {
        let scratch = Scratch::new();
        for name in [MAKING, WRITING, DESCRIBING] {
            scratch.file(name, "half");
        }
        settle(scratch.path()).unwrap();
        assert_eq!(names(&scratch), [DESCRIBING, MAKING, WRITING], "without a journal none of these is an import's");
        let error = Exchange::begin(scratch.path()).err().unwrap().to_string();
        assert!(error.contains("scaleout-import.parquet: would be overwritten"), "{error}");
        for journal in ["", "{\"new\":{\"na"] {
            for name in [MAKING, WRITING, DESCRIBING] {
                scratch.file(name, "half");
            }
            scratch.file(JOURNAL, journal);
            settle(scratch.path()).unwrap();
            assert_eq!(names(&scratch), [""; 0], "{journal}");
        }
    }

    #[test]
    fn a_journal_deletes_only_files_with_its_digests() {
        let scratch = Scratch::new();
        let plan =
            |name: &str, sha256: &str| format!(r#"{{"new":{{"name":"{name}","sha256":"{sha256}"}},"old":null}}"#);
        scratch.file("mine.csv", "mine");
        let digest = crate::sha256_of(b"mine");
        for text in
            [plan("mine.csv", "another"), plan(&format!("../{}/mine.csv", "x"), &digest), plan("/mine.csv", &digest)]
        {
            scratch.file(JOURNAL, &text);
            settle(scratch.path()).unwrap();
            assert_eq!(names(&scratch), ["mine.csv"], "{text}");
        }
        scratch.file(JOURNAL, "something of the user's");
        assert!(settle(scratch.path()).unwrap_err().to_string().contains("scaleout-import.json: would be overwritten"));
    }

    #[test]
    fn two_imports_into_one_folder_are_kept_apart() {
        let scratch = Scratch::new();
        let first = Exchange::begin(scratch.path()).unwrap();
        settle(scratch.path()).unwrap();
        let error = Exchange::begin(scratch.path()).err().unwrap().to_string();
        assert!(error.contains("another import is at work in this folder"), "{error}");
        drop(first);
        assert_eq!(names(&scratch), [""; 0]);
    }
}
