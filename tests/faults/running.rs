//! A run that is killed, or that another one or the user's own files stand in the way of.

use std::{fs, process::Command, thread};

use super::{Runs, kills, refused};
use crate::{
    commands::stdout,
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
        "run.emptied",
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
    let journal = runs.folder().join("out.partial/scaleout-journal.jsonl");
    while !journal.exists() {
        assert!(first.try_wait().unwrap().is_none(), "the run ended before the second began");
        thread::yield_now();
    }
    // The first stands still, in the middle of its work, while the second is tried.
    let signal = |name: &str| {
        let pid = first.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    };
    signal("STOP");
    assert!(runs.folder().join("out.partial/scaleout.lock").exists(), "the run ended before the second began");
    let error = refused(runs.folder(), &["run", "new.toml", "--out", "out"]);
    signal("CONT");
    assert!(error.contains("out.partial: another run is working in this folder"), "{error}");
    assert!(first.wait().unwrap().success());
    assert_same(&files(&runs.folder().join("out")), &runs.new);
}

#[test]
fn what_a_user_put_into_a_run_folder_survives_the_next_run() {
    let runs = Runs::new();
    runs.begin("out");
    let notes = runs.folder().join("out/notes.txt");
    fs::write(&notes, "mine").unwrap();
    let error = refused(runs.folder(), &["run", "new.toml", "--out", "out"]);
    assert!(error.contains("out/notes.txt: would be deleted"), "{error}");
    assert_eq!(fs::read_to_string(notes).unwrap(), "mine");
}

/// What stands under the names beside a run, and is no run's: neither a reader nor a run touches it.
#[test]
fn folders_beside_a_run_that_end_as_its_own_are_left_alone() {
    let runs = Runs::new();
    let folder = runs.folder();
    let rule = ["inspect", "rule", "--model", "out"];
    let run = ["run", "new.toml", "--out", "out"];
    for ending in [".partial", ".replaced"] {
        runs.begin("out");
        let beside = format!("out{ending}");
        runs.begin(&beside);
        stdout(folder, &rule);
        let error = refused(folder, &run);
        assert!(error.contains(&format!("{beside}: a run needs this name")), "{error}");
        assert_same(&files(&folder.join(&beside)), &runs.old);
        assert_same(&files(&folder.join("out")), &runs.old);

        // Without the run itself, the folder beside it does not become the run.
        fs::remove_dir_all(folder.join("out")).unwrap();
        refused(folder, &rule);
        assert!(!folder.join("out").exists());
        fs::remove_dir_all(folder.join(&beside)).unwrap();
        fs::create_dir(folder.join(&beside)).unwrap();
        refused(folder, &rule);
        assert!(!folder.join("out").exists() && folder.join(&beside).is_dir());
        fs::remove_dir(folder.join(&beside)).unwrap();
        let error = refused(folder, &["run", "new.toml", "--out", &beside]);
        assert!(error.contains(&format!("{beside}: ends as the folders")), "{error}");
    }
}

#[test]
fn the_papers_of_an_unfinished_run_are_the_users_in_a_finished_one() {
    let runs = Runs::new();
    for name in ["report.md.partial", "scaleout-journal.jsonl"] {
        runs.begin("out");
        let file = runs.folder().join("out").join(name);
        fs::write(&file, "mine").unwrap();
        let error = refused(runs.folder(), &["run", "new.toml", "--out", "out"]);
        assert!(error.contains(&format!("out/{name}: would be deleted")), "{error}");
        assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    }
}

#[test]
fn a_report_that_is_a_link_stays_one() {
    let runs = Runs::new();
    runs.begin("out");
    let [report, moved] = ["out/report.md", "mine.md"].map(|name| runs.folder().join(name));
    fs::rename(&report, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &report).unwrap();
    let error = refused(runs.folder(), &["report", "out"]);
    assert!(error.contains("out/report.md: "), "{error}");
    assert!(fs::symlink_metadata(&report).unwrap().is_symlink());
}

/// Formats that are added to a run's model folder are the run's from then on, and files of the user's are not.
#[test]
fn a_run_takes_the_place_of_one_whose_model_was_exported() {
    let runs = Runs::new();
    runs.begin("out");
    let export = ["export", "out", "--to", "pine"];
    for _ in 0..2 {
        stdout(runs.folder(), &export);
        stdout(runs.folder(), &["verify", "out"]);
    }
    let contract = runs.folder().join("out/model/contract.json");
    let whole = fs::read_to_string(&contract).unwrap();
    fs::write(&contract, format!("{whole} ")).unwrap();
    let error = refused(runs.folder(), &["export", "out", "--to", "features-py"]);
    assert!(error.contains("contract.json: "), "{error}");
    fs::write(&contract, whole).unwrap();
    assert!(runs.command("out").status().unwrap().success());
    assert_same(&files(&runs.folder().join("out")), &runs.new);
}

#[test]
fn every_command_that_reads_a_run_completes_an_exchange_that_was_cut_off() {
    let runs = Runs::new();
    fs::write(runs.folder().join("fills.csv"), "id,ts,qty,price\n").unwrap();
    let commands: [&[&str]; 2] =
        [&["advise", "--model", "out", "--state", "state.jsonl"], &["verify", "out", "--fills", "fills.csv"]];
    for arguments in commands {
        runs.begin("out");
        let status = runs.command("out").env("SCALEOUT_FAULT", "run.after-aside").status().unwrap();
        assert_eq!(status.code(), None, "the run dies there");
        assert!(!runs.folder().join("out").exists());
        stdout(runs.folder(), arguments);
        assert_same(&files(&runs.folder().join("out")), &runs.new);
    }
}
