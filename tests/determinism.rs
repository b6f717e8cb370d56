//! Same config, data and seed: the same bytes, on one thread or many, and again from the stored model.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    commands::{root, stdout},
    scratch::Scratch,
};

/// Every file below `folder` but the log, by name.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for item in fs::read_dir(&next).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|name| name != "run.log") {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// Refuses folders that differ in a name or a byte.
pub fn assert_same(one: &BTreeMap<PathBuf, Vec<u8>>, two: &BTreeMap<PathBuf, Vec<u8>>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (path, bytes) in one {
        assert!(bytes == &two[path], "{} differs", path.display());
    }
}

#[test]
fn a_run_repeats_to_the_byte_on_any_number_of_threads_and_from_its_stored_model() {
    let scratch = Scratch::new();
    let config = root().join("experiments/own-csv/config.toml");
    let config = config.to_str().unwrap();
    stdout(scratch.path(), &["run", config, "--out", "one", "--threads", "1"]);
    stdout(scratch.path(), &["run", config, "--out", "two", "--threads", "2"]);
    let one = files(&scratch.path().join("one"));
    assert_same(&one, &files(&scratch.path().join("two")));
    assert!(!scratch.path().join("one.partial").exists());

    stdout(scratch.path(), &["backtest", config, "--model", "one/model/model.json", "--out", "again"]);
    assert_same(&one, &files(&scratch.path().join("again")));
}
