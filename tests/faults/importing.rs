//! An import that is killed, or that the user's own files stand in the way of.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Files, kills, write};
use crate::{
    commands::{binary, root, stdout},
    determinism::{assert_same, files},
    scratch::Scratch,
};

/// A dataset of the bars of own-csv, read as closes, and the same after an import that reads them as opens.
pub(super) struct Imports {
    scratch: Scratch,
    pub(super) old: Files,
    new: Files,
}

impl Imports {
    pub(super) const OLD: &[&str] = &["--content", "bars", "--bar-time", "close"];
    pub(super) const NEW: &[&str] = &["--content", "bars", "--bar-time", "open", "--bar-length", "30s"];

    pub(super) fn new() -> Self {
        let scratch = Scratch::new();
        let own = root().join("experiments/own-csv");
        fs::copy(own.join("bars.csv"), scratch.path().join("mine.csv")).unwrap();
        let config = fs::read_to_string(own.join("config.toml")).unwrap();
        let config = config.replacen("path = \"bars.csv\"\ncontent = \"bars\"", "dataset = \"made\"", 1);
        fs::write(scratch.path().join("config.toml"), config).unwrap();
        let made = scratch.path().join("made");
        let imported = |arguments: &[&str]| {
            stdout(scratch.path(), &Self::arguments(arguments));
            files(&made)
        };
        let old = imported(Self::OLD);
        let new = imported(Self::NEW);
        let names = |files: &Files| files.keys().map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(names(&old), ["bars.parquet", "metadata.json"]);
        assert_eq!(new.len(), 2, "{:?}", names(&new));
        assert_ne!(old, new);
        Self { scratch, old, new }
    }

    pub(super) fn folder(&self) -> &Path {
        self.scratch.path()
    }

    pub(super) fn made(&self) -> PathBuf {
        self.scratch.path().join("made")
    }

    pub(super) fn arguments<'a>(how: &[&'a str]) -> Vec<&'a str> {
        [&["import", "mine.csv", "--into", "made"], how].concat()
    }

    fn command(&self, how: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.current_dir(self.scratch.path()).args(Self::arguments(how));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The next command that opens the dataset reads one of both whole and leaves nothing beside it.
    fn check(&self, what: &str) {
        let features = ["features", "config.toml", "--set", "column:sentiment", "--out", "o.csv"];
        stdout(self.scratch.path(), &features);
        let found = files(&self.made());
        let names: Vec<_> = found.keys().collect();
        assert!(found == self.old || found == self.new, "{what}: neither dataset is whole: {names:?}");
    }

    /// The dataset is whole beside the file `name`, which is none of its own.
    fn check_all_but_the_users(&self, name: &str) {
        let mut found = files(&self.made());
        found.remove(Path::new(name)).unwrap();
        assert_eq!(found.len(), 2, "metadata and data");
        stdout(self.scratch.path(), &["features", "config.toml", "--set", "column:sentiment", "--out", "o.csv"]);
    }
}

#[test]
fn a_crash_at_any_step_of_an_import_leaves_the_old_dataset_or_the_new_one() {
    let imports = Imports::new();
    let points = [
        ("import.begun", false),
        ("import.announced", false),
        ("import.data-in", false),
        ("import.metadata-in", true),
        ("import.deleted", true),
        ("import.settled", true),
    ];
    for (point, is_new) in points {
        write(&imports.made(), &imports.old);
        let status = imports.command(Imports::NEW).env("SCALEOUT_FAULT", point).status().unwrap();
        assert_eq!(status.code(), None, "{point}: the import dies there");
        imports.check(point);
        assert_eq!(files(&imports.made()) == imports.new, is_new, "{point}");
        // The same import goes through afterwards, over either.
        assert!(imports.command(Imports::NEW).status().unwrap().success(), "{point}");
        assert_same(&files(&imports.made()), &imports.new);
    }
    // Where there was no dataset there is none afterwards, or the whole new one.
    for (point, is_new) in points {
        write(&imports.made(), &Files::new());
        let status = imports.command(Imports::OLD).env("SCALEOUT_FAULT", point).status().unwrap();
        assert_eq!(status.code(), None, "{point}");
        let metadata = imports.made().join("metadata.json");
        assert_eq!(metadata.exists(), is_new, "{point}");
        assert!(imports.command(Imports::OLD).status().unwrap().success(), "{point}");
        assert_same(&files(&imports.made()), &imports.old);
    }
}

/// Kills after as many changes to the folder as each number says, whatever the import is doing then.
#[test]
fn a_killed_import_leaves_the_old_dataset_or_the_new_one() {
    let imports = Imports::new();
    let names = || -> BTreeSet<OsString> {
        fs::read_dir(imports.made()).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    for kill in 0..kills() - kills() / 2 {
        write(&imports.made(), &imports.old);
        let (wanted, mut changes, mut before) = (kill % 6, 0, names());
        let mut import = imports.command(Imports::NEW).spawn().unwrap();
        while changes < wanted && import.try_wait().unwrap().is_none() {
            let now = names();
            changes += usize::from(now != before);
            before = now;
        }
        import.kill().unwrap();
        import.wait().unwrap();
        imports.check(&format!("killed after {changes} changes"));
    }
}

#[test]
fn an_import_neither_replaces_nor_deletes_what_none_wrote() {
    let imports = Imports::new();
    // A file of the user's under the data file's name, in a folder that is no dataset yet.
    write(&imports.made(), &Files::from([("bars.parquet".into(), b"mine".to_vec())]));
    assert!(imports.command(Imports::OLD).status().unwrap().success());
    assert_eq!(fs::read(imports.made().join("bars.parquet")).unwrap(), b"mine");
    imports.check_all_but_the_users("bars.parquet");
    // A data file that was changed since the import.
    write(&imports.made(), &imports.old);
    fs::write(imports.made().join("bars.parquet"), "mended by hand").unwrap();
    assert!(imports.command(Imports::NEW).status().unwrap().success());
    assert_eq!(fs::read(imports.made().join("bars.parquet")).unwrap(), b"mended by hand");
    // Files under the names that imports keep for themselves.
    for name in ["scaleout-import.json", "scaleout-import.parquet", "scaleout-import.parquet.partial"] {
        write(&imports.made(), &imports.old);
        fs::write(imports.made().join(name), "mine").unwrap();
        let output = imports.command(Imports::NEW).stderr(Stdio::piped()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {error}");
        assert!(error.contains(&format!("made/{name}: would be overwritten; move it away")), "{error}");
        fs::remove_file(imports.made().join(name)).unwrap();
        assert_same(&files(&imports.made()), &imports.old);
    }
}
