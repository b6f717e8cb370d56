//! A run that is killed in the middle and continued ends in the bytes of one that was not.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
};

use crate::{
    commands::{binary, root, stdout},
    determinism::{assert_same, files},
    scratch::Scratch,
};

#[test]
fn a_killed_run_continues_to_the_same_bytes() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let config = root().join("experiments/own-csv/config.toml");
    let config = config.to_str().unwrap();
    let mut run = Command::new(binary())
        .current_dir(folder)
        .args(["run", config, "--out", "killed", "--threads", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The first model is stored long before the last: one thread fits one learner on one fold after the other.
    let checkpoints = folder.join("killed.partial/checkpoints");
    let stored = || fs::read_dir(&checkpoints).map_or(0, |items| items.flatten().filter(is_whole).count());
    while stored() == 0 {
        assert!(run.try_wait().unwrap().is_none(), "the run ended before it could be killed");
        thread::yield_now();
    }
    run.kill().unwrap();
    run.wait().unwrap();
    let before = stored();
    assert!(0 < before && !folder.join("killed").exists(), "killed in the middle, nothing under the final name");

    stdout(folder, &["run", config, "--out", "killed", "--resume"]);
    stdout(folder, &["run", config, "--out", "whole"]);
    assert_same(&files(&folder.join("killed")), &files(&folder.join("whole")));
    let fitted = |name: &str| fs::read_to_string(folder.join(name).join("run.log")).unwrap().matches("setting").count();
    assert!(fitted("killed") < fitted("whole"), "what was stored is not fitted again");
}

/// Whether the file is a checkpoint under its name, not one that is being written.
fn is_whole(item: &fs::DirEntry) -> bool {
    item.path().extension().is_some_and(|ending| ending == "json")
}
