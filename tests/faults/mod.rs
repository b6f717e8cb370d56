//! What a crash or a full disk leaves behind: the old result or the new one, whole.

mod full_disk;
mod importing;
mod running;
mod views;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    commands::{binary, root, scaleout, stdout},
    determinism::{assert_same, files},
    scratch::Scratch,
};

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Few rules and few draws, so that a run takes a second.
const REDUCED: &str = "
[baselines]
families = [\"ladder-3\", \"time\"]
[evaluation]
draws = 200
metric_draws = 200
";

/// Kills of `run` and `import` together.
fn kills() -> usize {
    std::env::var("SCALEOUT_KILLS").map_or(10, |kills| kills.parse().unwrap())
}

/// An experiment with one quick learner, under two seeds whose results differ, and the result of each.
struct Runs {
    scratch: Scratch,
    old: Files,
    new: Files,
}

impl Runs {
    fn new() -> Self {
        Self::of("own-csv")
    }

    /// The same of another experiment.
    fn of(experiment: &str) -> Self {
        let scratch = Scratch::new();
        let folder = root().join("experiments").join(experiment);
        let text = fs::read_to_string(folder.join("config.toml")).unwrap();
        let begin = text.find("learners = [").unwrap();
        let end = begin + text[begin..].find("]\n").unwrap() + 1;
        let text = text[..begin].to_owned() + "learners = [{ kind = \"readable-tree\" }]" + &text[end..];
        let text = text.replace("bars.csv", folder.join("bars.csv").to_str().unwrap());
        let text = text.replace("entries.csv", folder.join("entries.csv").to_str().unwrap());
        let text = text + REDUCED;
        let seed = text.lines().find(|line| line.starts_with("seed = ")).unwrap();
        for (name, other) in [("old", seed.to_owned()), ("new", format!("{seed}1"))] {
            fs::write(scratch.path().join(format!("{name}.toml")), text.replacen(seed, &other, 1)).unwrap();
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
        let _ = fs::remove_dir_all(self.folder().join(out));
        copy(&self.folder().join("old"), &self.folder().join(out));
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
        assert!(!self.folder().join(format!("{out}.replaced")).exists(), "{what}: a reader leaves {out}.replaced");
        stdout(self.folder(), &["run", "new.toml", "--out", out, "--resume"]);
        assert_same(&files(&self.folder().join(out)), &self.new);
        for ending in [".partial", ".replaced"] {
            assert!(!self.folder().join(format!("{out}{ending}")).exists(), "{what}: {out}{ending} is left");
        }
    }
}

/// What `scaleout` says when it ends in exit 2.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = scaleout(folder, arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    error
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let path = item.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}

/// Makes `folder` hold `files` and nothing else.
fn write(folder: &Path, files: &Files) {
    let _ = fs::remove_dir_all(folder);
    for (name, contents) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
}
