//! Same config, data and seed: the same bytes, on one thread or many, and again from the stored model.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

/// Every file below `folder` but the log and the marker, which holds the digest of the log, by name.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for item in fs::read_dir(&next).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|name| name != "run.log" && name != "scaleout-run.json") {
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

/// What `scaleout report` reads, and the list of the run's own files.
const KEPT: [&str; 2] = ["result.json", "scaleout-run.json"];

/// `scaleout report` needs nothing but the stored result: the run is copied away from its data, and everything that can
/// be made again is removed first.
#[test]
fn a_report_is_drawn_again_from_the_stored_result_to_the_byte() {
    let scratch = Scratch::new();
    let config = root().join("experiments/own-csv/config.toml");
    stdout(scratch.path(), &["run", config.to_str().unwrap(), "--out", "run"]);
    let run = scratch.path().join("run");
    let before = files(&run);
    fs::remove_dir_all(run.join("plots")).unwrap();
    let kept = |name: &Path| name.starts_with("model") || KEPT.iter().any(|kept| name.ends_with(kept));
    for name in before.keys().filter(|name| !kept(name) && !name.starts_with("plots")) {
        fs::remove_file(run.join(name)).unwrap();
    }
    assert!(files(&run).keys().all(|name| kept(name)), "only the stored result and the models are left");
    stdout(scratch.path(), &["report", "run"]);
    assert_same(&before, &files(&run));

    // Somewhere else it makes the same files, and none of the models.
    stdout(scratch.path(), &["report", "run", "--out", "elsewhere"]);
    let mut drawn = before;
    drawn.retain(|name, _| !kept(name));
    let mut elsewhere = files(&scratch.path().join("elsewhere"));
    elsewhere.retain(|name, _| !kept(name));
    assert_same(&drawn, &elsewhere);
}

#[test]
fn a_run_folder_without_a_result_that_this_version_reads_is_refused_with_the_reason() {
    let scratch = Scratch::new();
    let run = scratch.path().join("old");
    fs::create_dir(&run).unwrap();
    let refused = |says: &str| {
        let output = scaleout(scratch.path(), &["report", "old"]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("old") && stderr.contains(says), "{stderr}");
    };
    refused("result.json");
    fs::write(run.join("report.json"), include_str!("testdata/report-0.1.0.json")).unwrap();
    refused("scaleout 0.1.0 wrote this run without a result.json");
    fs::write(run.join("result.json"), "{\"schema_version\": 1}").unwrap();
    refused("schema_version 1; accepted: 2");
}
