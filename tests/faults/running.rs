//! A run that is killed, or that another one or the user's own files stand in the way of.

use std::{fs, thread};

use super::{Runs, kills};
use crate::{
    commands::scaleout,
    determinism::{assert_same, files},
};

#[test]
fn a_crash_at_any_step_of_the_exchange_leaves_the_old_result_or_the_new_one() {
    let runs = Runs::new();
    let points = [
        "write.announced",
        "write.done",
        "run.marked",
        "run.noted",
        "run.before-aside",
        "run.after-aside",
        "run.before-in",
        "run.after-in",
        "run.after-delete",
    ];
    for point in points {
        runs.begin("out");
        let status = runs.command("out").env("SCALEOUT_FAULT", point).status().unwrap();
        assert_eq!(status.code(), None, "{point}: the run dies there");
        runs.check("out", point);
    }
}

/// Kills after as many written files as each number says, whatever the run is doing then.
#[test]
fn a_killed_run_leaves_the_old_result_and_goes_on_to_the_new_one() {
    // The long form kills runs of the main experiment as well.
    let experiments: &[&str] = if kills() < 60 { &["own-csv"] } else { &["own-csv", "es-ticks"] };
    for experiment in experiments {
        kill_runs(&Runs::of(experiment), kills() / 2 / experiments.len());
    }
}

fn kill_runs(runs: &Runs, kills: usize) {
    let most = runs.new.len();
    for kill in 0..kills {
        runs.begin("out");
        let wanted = 1 + kill * most / kills;
        let mut run = runs.command("out").spawn().unwrap();
        let journal = runs.folder().join("out.partial/scaleout-journal.jsonl");
        let announced = || fs::read_to_string(&journal).map_or(0, |text| text.lines().count());
        while announced() < wanted && run.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        run.kill().unwrap();
        run.wait().unwrap();
        runs.check("out", &format!("killed after {wanted} files"));
    }
}

#[test]
fn a_second_run_into_the_same_folder_is_refused_while_the_first_goes_on() {
    let runs = Runs::new();
    let mut first = runs.command("out").spawn().unwrap();
    let lock = runs.folder().join("out.partial/scaleout.lock");
    while !lock.exists() {
        assert!(first.try_wait().unwrap().is_none(), "the run ended before the second began");
        thread::yield_now();
    }
    let second = scaleout(runs.folder(), &["run", "new.toml", "--out", "out"]);
    let error = String::from_utf8(second.stderr).unwrap();
    let is_over = first.try_wait().unwrap().is_some();
    assert!(is_over || error.contains("another run is working in this folder"), "{error}");
    assert!(first.wait().unwrap().success());
    assert_same(&files(&runs.folder().join("out")), &runs.new);
}

#[test]
fn what_a_user_put_into_a_run_folder_survives_the_next_run() {
    let runs = Runs::new();
    runs.begin("out");
    let notes = runs.folder().join("out/notes.txt");
    fs::write(&notes, "mine").unwrap();
    let output = scaleout(runs.folder(), &["run", "new.toml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("out/notes.txt: would be deleted"), "{error}");
    assert_eq!(fs::read_to_string(notes).unwrap(), "mine");
}
