//! What of a folder is ours: the list of the files that a run wrote, and the only way in which any of them is deleted.
//!
//! A finished run holds the list as [`MARKER`]. A run at work adds to [`JOURNAL`] before it writes, so that after a
//! kill at any moment every file is either listed or not ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use scaleout_data::{Limit, faults, read_text, sha256_of_file, write_atomically};
use serde::{Deserialize, Serialize};

use super::note::{self, NOTE};
use crate::{ExperimentError, error::io_error};

/// The list of a finished run.
pub(crate) const MARKER: &str = "scaleout-run.json";
/// The list of a run at work, a line for each file before it is written.
pub(crate) const JOURNAL: &str = "scaleout-journal.jsonl";
/// The file whose lock keeps two runs into one folder apart.
pub(crate) const LOCK: &str = "scaleout.lock";

const FORMAT: &str = "scaleout run folder";
const VERSION: u32 = 1;

/// How every marker begins.
const MARKER_BEGINS: &str = "{\n  \"format\": \"scaleout run folder\",\n";

/// Size and digest of a file when the run wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Digest {
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marker {
    format: String,
    version: u32,
    files: BTreeMap<String, Digest>,
}

#[derive(Serialize, Deserialize)]
struct JournalLine {
    path: String,
    #[serde(flatten)]
    digest: Digest,
}

/// The files below a folder that a run wrote, each with every state that is its own.
#[derive(Debug, Default, Clone)]
pub(crate) struct Listed {
    files: BTreeMap<String, BTreeSet<Digest>>,
    stage: Stage,
}

/// How far the run of a folder came.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The folder has its marker and no journal; a half-written file in it is no run's.
    #[default]
    Finished,
    /// A kill may have left the journal and half of a listed file.
    Unfinished,
}

impl Listed {
    /// The list in the marker of a finished run; `None` where there is no marker.
    pub(crate) fn of_finished(folder: &Path) -> Result<Option<Self>, ExperimentError> {
        let path = folder.join(MARKER);
        if !path.exists() {
            return Ok(None);
        }
        let broken = |message: String| ExperimentError::Stored { path: path.clone(), message };
        let marker: Marker =
            serde_json::from_str(&read_text(&path, Limit::Metadata)?).map_err(|e| broken(e.to_string()))?;
        if (marker.format.as_str(), marker.version) != (FORMAT, VERSION) {
            let found = format!("format `{}`, version {}", marker.format, marker.version);
            return Err(broken(format!("{found}; accepted: format `{FORMAT}`, version {VERSION}")));
        }
        let files = marker.files.into_iter().map(|(path, digest)| (path, BTreeSet::from([digest]))).collect();
        Ok(Some(Self { files, stage: Stage::Finished }))
    }

    /// The list in the journal of a run that did not finish; empty where there is none. A last line that a kill cut
    /// off is left out: its file was not written yet.
    pub(crate) fn of_unfinished(folder: &Path) -> Result<Self, ExperimentError> {
        let path = folder.join(JOURNAL);
        let mut listed = Self { files: BTreeMap::new(), stage: Stage::Unfinished };
        if !path.exists() {
            return Ok(listed);
        }
        for line in read_text(&path, Limit::Job)?.lines() {
            if let Ok(JournalLine { path, digest }) = serde_json::from_str(line) {
                listed.files.entry(path).or_default().insert(digest);
            }
        }
        Ok(listed)
    }

    /// The files below `folder` that are as the run wrote them, with their digests.
    pub(crate) fn unchanged(&self, folder: &Path) -> BTreeMap<String, Digest> {
        let is_own = |name: &String| Some((name.clone(), self.state(folder, name)?));
        self.files.keys().filter_map(is_own).collect()
    }

    /// The digest of the file `name` below `folder`, if it is as the run wrote it.
    fn state(&self, folder: &Path, name: &str) -> Option<Digest> {
        digest_of(&folder.join(name))
            .ok()
            .filter(|digest| self.files.get(name).is_some_and(|states| states.contains(digest)))
    }

    /// Everything below `folder` that may be deleted, files before the folders they lie in.
    ///
    /// # Errors
    /// Names the first thing that the run did not write, or that was changed after it.
    fn deletable(&self, folder: &Path) -> Result<Vec<PathBuf>, ExperimentError> {
        let mut found = Vec::new();
        let mut ahead = vec![PathBuf::new()];
        while let Some(below) = ahead.pop() {
            let place = folder.join(&below);
            for item in sorted(&place)? {
                let name = below.join(&item);
                let path = folder.join(&name);
                let kind = fs::symlink_metadata(&path).map_err(|source| io_error(&path, source))?;
                let in_the_way = |problem| Err(ExperimentError::InTheWay { path: path.clone(), problem });
                let text = name.to_string_lossy().replace('\\', "/");
                if kind.is_dir() {
                    if !self.files.keys().any(|listed| listed.starts_with(&format!("{text}/"))) {
                        return in_the_way("no run of scaleout made it");
                    }
                    ahead.push(name.clone());
                } else if !kind.is_file() {
                    return in_the_way("it is a link or a device");
                } else if !self.is_own_paper(folder, &text) {
                    if !self.files.contains_key(&text) {
                        return in_the_way("no run of scaleout wrote it");
                    }
                    if self.state(folder, &text).is_none() {
                        return in_the_way("it was changed after the run wrote it");
                    }
                }
                found.push(name);
            }
        }
        found.reverse();
        Ok(found)
    }

    /// Whether `name` is a list, the lock, the note of an exchange, or a listed file that was being written when the
    /// program was killed.
    fn is_own_paper(&self, folder: &Path, name: &str) -> bool {
        let is_unfinished = self.stage == Stage::Unfinished;
        match name {
            MARKER => true,
            JOURNAL => is_unfinished,
            LOCK => fs::symlink_metadata(folder.join(LOCK)).is_ok_and(|kind| kind.len() == 0),
            NOTE => note::is_own(folder),
            _ => name.strip_suffix(".partial").is_some_and(|whole| match whole {
                MARKER | JOURNAL if is_unfinished => true,
                _ if is_unfinished => self.files.contains_key(whole),
                // `report` and `export` write into a finished run; what they did not finish begins as the file itself.
                MARKER => is_begun_marker(&folder.join(name)),
                _ => {
                    let is_own = self.state(folder, whole).is_some();
                    is_own && fs::read(folder.join(whole)).is_ok_and(|bytes| is_begun(&folder.join(name), &bytes))
                }
            }),
        }
    }

    /// Nothing, if [`Self::delete`] would delete the whole folder.
    ///
    /// # Errors
    /// As there; nothing is deleted.
    pub(crate) fn check(&self, folder: &Path) -> Result<(), ExperimentError> {
        self.deletable(folder).map(drop)
    }

    /// Deletes `folder` with everything in it, all of which the run wrote.
    ///
    /// # Errors
    /// Names what the run did not write or what was changed since, before anything is deleted.
    pub(crate) fn delete(&self, folder: &Path) -> Result<(), ExperimentError> {
        self.delete_contents(folder)?;
        let lock = folder.join(LOCK);
        if lock.exists() {
            fs::remove_file(&lock).map_err(|source| io_error(&lock, source))?;
        }
        faults::point("run.emptied");
        fs::remove_dir(folder).map_err(|source| io_error(folder, source))
    }

    /// Deletes everything in `folder` but the lock; all of it the run wrote.
    ///
    /// # Errors
    /// As [`Self::delete`].
    pub(crate) fn delete_contents(&self, folder: &Path) -> Result<(), ExperimentError> {
        // The lists go last, and the note after them: what a kill leaves of the folder is still known as ours.
        let last = [MARKER, JOURNAL, NOTE];
        let place = |name: &PathBuf| last.iter().position(|paper| name.as_os_str() == *paper);
        let mut names = self.deletable(folder)?;
        names.retain(|name| name.as_os_str() != LOCK);
        names.sort_by_key(place);
        for name in &names {
            let path = folder.join(name);
            let removed = if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
            removed.map_err(|source| io_error(&path, source))?;
        }
        Ok(())
    }
}

/// Adds `name`, about to be written with `bytes`, to the journal of the run at work in `folder`.
pub(crate) fn announce(folder: &Path, name: &str, bytes: &[u8]) -> Result<Digest, ExperimentError> {
    let digest = Digest { bytes: bytes.len() as u64, sha256: scaleout_data::sha256_of(bytes) };
    let line = JournalLine { path: name.to_owned(), digest };
    let text = serde_json::to_string(&line).expect("Invariant: only text and a number") + "\n";
    let path = folder.join(JOURNAL);
    let append = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()
    };
    append().map_err(|source| io_error(&path, source))?;
    Ok(line.digest)
}

/// Whether `folder` holds the marker of a finished run.
pub(crate) fn is_finished(folder: &Path) -> bool {
    folder.join(MARKER).is_file()
}

/// Marks `folder` as a finished run that wrote `files`.
pub(crate) fn mark_finished(folder: &Path, files: BTreeMap<String, Digest>) -> Result<(), ExperimentError> {
    let marker = Marker { format: FORMAT.to_owned(), version: VERSION, files };
    let text = serde_json::to_string_pretty(&marker).expect("Invariant: only text and numbers") + "\n";
    Ok(write_atomically(&folder.join(MARKER), text.as_bytes())?)
}

/// The files of a finished run, or of another folder with a marker, which may be written again where they are still its
/// own.
pub(crate) struct OwnFiles<'a> {
    folder: &'a Path,
    listed: Option<Listed>,
}

impl<'a> OwnFiles<'a> {
    /// Those of the run at `folder`; none where it has no marker.
    ///
    /// # Errors
    /// If the marker is damaged.
    pub(crate) fn of(folder: &'a Path) -> Result<Self, ExperimentError> {
        Ok(Self { folder, listed: Listed::of_finished(folder)? })
    }

    /// Nothing, if `name` is as the run wrote it, or there is no marker to tell by.
    ///
    /// # Errors
    /// If it was changed since.
    pub(crate) fn check(&self, name: &str) -> Result<(), ExperimentError> {
        let is_changed = self.listed.as_ref().is_some_and(|listed| listed.state(self.folder, name).is_none());
        if is_changed {
            let path = self.folder.join(name);
            let message = "it is not as the run wrote it; accepted: the file of the run, or a run done again";
            return Err(ExperimentError::Stored { path, message: message.to_owned() });
        }
        Ok(())
    }

    /// Writes `name` anew.
    ///
    /// # Errors
    /// If what stands there is not as the run wrote it, or the disk refuses.
    pub(crate) fn replace(&self, name: &str, contents: &[u8]) -> Result<(), ExperimentError> {
        self.may_replace(name, contents)?;
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| io_error(parent, source))?;
        }
        Ok(write_atomically(&path, contents)?)
    }

    /// Nothing, if `contents` may be written under `name`.
    ///
    /// # Errors
    /// If what stands there is not as the run wrote it.
    pub(crate) fn may_replace(&self, name: &str, contents: &[u8]) -> Result<(), ExperimentError> {
        let path = self.folder.join(name);
        let is_own = self.listed.as_ref().is_some_and(|listed| listed.state(self.folder, name).is_some());
        let is_as_asked = || digest_of(&path).is_ok_and(|digest| digest.sha256 == scaleout_data::sha256_of(contents));
        if fs::symlink_metadata(&path).is_ok() && !is_own && !is_as_asked() {
            return Err(ExperimentError::NotOurs { path, problem: "it is not as scaleout wrote it" });
        }
        let partial = self.folder.join(format!("{name}.partial"));
        if fs::symlink_metadata(&partial).is_ok() && !is_begun(&partial, contents) {
            return Err(ExperimentError::NotOurs { path: partial, problem: "scaleout did not write it" });
        }
        Ok(())
    }

    /// Writes `files`, each a name and its contents, or none of them, and notes them in the marker; where there is none,
    /// the folder gets one.
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub(crate) fn write_all(self, files: &[(String, Vec<u8>)]) -> Result<(), ExperimentError> {
        files.iter().try_for_each(|(name, contents)| self.may_replace(name, contents))?;
        files.iter().try_for_each(|(name, contents)| self.replace(name, contents))?;
        self.mark(files.iter().map(|(name, _)| name.clone()).collect())
    }

    /// Notes in the marker, where there is one, that `names` are as they should be now.
    ///
    /// # Errors
    /// If the disk refuses.
    pub(crate) fn restate(self, names: Vec<String>) -> Result<(), ExperimentError> {
        if self.listed.is_some() { self.mark(names) } else { Ok(()) }
    }

    fn mark(self, names: Vec<String>) -> Result<(), ExperimentError> {
        let listed = self.listed.unwrap_or_default();
        let only = |(name, states): (String, BTreeSet<Digest>)| Some((name, states.into_iter().next()?));
        let mut files: BTreeMap<String, Digest> = listed.files.into_iter().filter_map(only).collect();
        for name in names {
            let digest = digest_of(&self.folder.join(&name))?;
            files.insert(name, digest);
        }
        mark_finished(self.folder, files)
    }
}

/// Whether the file at `path` is what a kill leaves of a marker.
fn is_begun_marker(path: &Path) -> bool {
    let is_small = fs::symlink_metadata(path).is_ok_and(|kind| kind.is_file() && kind.len() <= Limit::Metadata.most());
    let begins = |bytes: Vec<u8>| bytes.iter().zip(MARKER_BEGINS.as_bytes()).all(|(found, expected)| found == expected);
    is_small && fs::read(path).is_ok_and(begins)
}

/// Whether the file at `path` holds the beginning of `whole` and nothing else: what a kill leaves of it.
fn is_begun(path: &Path, whole: &[u8]) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|kind| kind.is_file()) {
        return false;
    }
    let mut begin = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(whole.len() as u64 + 1).read_to_end(&mut begin));
    read.is_ok() && whole.starts_with(&begin)
}

/// Size and digest of the file at `path`.
///
/// # Errors
/// If it is a link, a device or a pipe, none of which a run writes, or cannot be read.
pub(crate) fn digest_of(path: &Path) -> Result<Digest, ExperimentError> {
    let kind = fs::symlink_metadata(path).map_err(|source| io_error(path, source))?;
    if !kind.is_file() {
        return Err(ExperimentError::InTheWay { path: path.to_owned(), problem: "it is a link or a device" });
    }
    Ok(Digest { bytes: kind.len(), sha256: sha256_of_file(path)? })
}

/// The names in `folder`, in order.
pub(crate) fn sorted(folder: &Path) -> Result<Vec<std::ffi::OsString>, ExperimentError> {
    let read = || -> std::io::Result<Vec<_>> { fs::read_dir(folder)?.map(|item| Ok(item?.file_name())).collect() };
    let mut names = read().map_err(|source| io_error(folder, source))?;
    names.sort();
    Ok(names)
}
