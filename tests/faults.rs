//! What a crash leaves behind: the old result or the new one, whole, and a run that `--resume` ends in the same bytes.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use crate::{
    commands::{binary, root, scaleout, stdout},
    determinism::{assert_same, files},
    scratch::Scratch,
};

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// own-csv with one quick learner, under two seeds whose results differ, and the result of each.
struct Runs {
    scratch: Scratch,
    old: Files,
    new: Files,
}

impl Runs {
    fn new() -> Self {
        let scratch = Scratch::new();
        let folder = root().join("experiments/own-csv");
        let text = fs::read_to_string(folder.join("config.toml")).unwrap();
        let begin = text.find("learners = [").unwrap();
        let end = begin + text[begin..].find('\n').unwrap();
        let text = text[..begin].to_owned() + "learners = [{ kind = \"readable-tree\" }]" + &text[end..];
        let text = text.replace("bars.csv", folder.join("bars.csv").to_str().unwrap());
        let text = text.replace("entries.csv", folder.join("entries.csv").to_str().unwrap());
        for (name, seed) in [("old", 7), ("new", 8)] {
            let config = text.replace("seed = 7", &format!("seed = {seed}"));
            fs::write(scratch.path().join(format!("{name}.toml")), config).unwrap();
            stdout(scratch.path(), &["run", &format!("{name}.toml"), "--out", name]);
        }
        let (old, new) = (files(&scratch.path().join("old")), files(&scratch.path().join("new")));
        assert_ne!(old, new, "two seeds give two results");
        Self { scratch, old, new }
    }

    fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// A copy of the old result under the name that the new one is to take.
    fn begin(&self, out: &str) {
        stdout(self.folder(), &["run", "old.toml", "--out", out]);
        assert_same(&files(&self.folder().join(out)), &self.old);
    }

    fn command(&self, out: &str) -> Command {
        let mut command = Command::new(binary());
        command.current_dir(self.folder()).args(["run", "new.toml", "--out", out, "--threads", "1"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// A reader finds one of both results whole, and `--resume` ends in the new one with nothing beside it.
    fn check(&self, out: &str, what: &str) {
        stdout(self.folder(), &["inspect", "rule", "--model", out]);
        let found = files(&self.folder().join(out));
        assert!(found == self.old || found == self.new, "{what}: a reader finds neither result whole");
        stdout(self.folder(), &["run", "new.toml", "--out", out, "--resume"]);
        assert_same(&files(&self.folder().join(out)), &self.new);
        for ending in [".partial", ".replaced"] {
            assert!(!self.folder().join(format!("{out}{ending}")).exists(), "{what}: {out}{ending} is left");
        }
    }
}

#[test]
fn a_crash_at_any_step_of_the_exchange_leaves_the_old_result_or_the_new_one() {
    let runs = Runs::new();
    let points = [
        "write.announced",
        "write.done",
        "run.marked",
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
    let runs = Runs::new();
    let most = runs.new.len();
    let kills: usize = std::env::var("SCALEOUT_KILLS").map_or(10, |kills| kills.parse().unwrap());
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
