//! A small run and everything around it, made once for each worker; its files are what is damaged.

use std::fs;
use std::path::{Path, PathBuf};

use scaleout_experiment::{AdviceDetail, Advising, LoadedConfig, Prepared, RunFolder, Silent, Unfinished, learn, run};

use crate::root;

/// A run of own-csv with one quick learner, and what it leaves.
pub struct Made {
    folder: PathBuf,
}

impl Made {
    /// The folder beside the cases of a worker; made there where it is missing.
    pub fn at(folder: &Path) -> Self {
        let made = Self { folder: folder.to_owned() };
        if !made.run().exists() {
            made.make();
        }
        made
    }

    /// What was made for the case in `folder`.
    pub fn of_case(folder: &Path) -> Self {
        Self { folder: folder.parent().expect("a case lies in the folder of its worker").join("made") }
    }

    /// The finished run.
    pub fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    /// A run that was cut off after it had learned; its name is `run` too.
    pub fn cut(&self) -> PathBuf {
        self.folder.join("cut/run.partial")
    }

    /// The contents of a file below the folder.
    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).expect("it was made")
    }

    /// The config of the run. Its ledger lies beside the case in `folder`.
    pub fn config(folder: &Path) -> LoadedConfig {
        let path = folder.join("tiny.toml");
        fs::write(&path, tiny(true)).expect("the folder can be written");
        LoadedConfig::read(&path).expect("it is a config")
    }

    fn make(&self) {
        let plain = self.folder.join("plain.toml");
        fs::write(&plain, tiny(false)).expect("the folder can be written");
        let plain = LoadedConfig::read(&plain).expect("it is a config");
        run(&plain, &self.run(), Unfinished::Discard, &Silent).expect("the run goes through");
        let prepared = Prepared::new(&Self::config(&self.folder)).expect("the data can be read");
        fs::create_dir_all(self.folder.join("cut")).expect("the folder can be written");
        let cut = RunFolder::open(&self.folder.join("cut/run"), Unfinished::Discard).expect("the folder is new");
        learn(&prepared, &cut, &Silent).expect("the learner can be fitted");
        drop(cut);
        let ledger = self.folder.join("tries.jsonl");
        let _ = fs::remove_file(&ledger);
        run(&Self::config(&self.folder), &self.folder.join("entered"), Unfinished::Discard, &Silent)
            .expect("as before");
        assert!(ledger.exists(), "the run was entered");
        let journal = self.folder.join("state.jsonl");
        let mut advising =
            Advising::open(&self.run(), None, Some(&journal), AdviceDetail::None).expect("the model can be read");
        for line in EVENTS.lines() {
            advising.line(line).expect("the events are honest");
        }
    }
}

/// Own bars, one learner, two rules and few draws.
fn tiny(has_ledger: bool) -> String {
    let own = root().join("experiments/own-csv");
    let text = fs::read_to_string(own.join("config.toml")).expect("the repository has its experiments");
    let begin = text.find("learners = [").expect("the config has learners");
    let end = begin + text[begin..].find("]\n").expect("the list ends") + 1;
    let text = text[..begin].to_owned() + "learners = [{ kind = \"readable-tree\" }]" + &text[end..];
    let place = |name: &str| own.join(name).display().to_string();
    let text = text.replace("bars.csv\"\ncontent", &format!("{}\"\ncontent", place("bars.csv")));
    let text = text.replace("path = \"entries.csv\"", &format!("path = \"{}\"", place("entries.csv")));
    let ledger = if has_ledger { "ledger = \"tries.jsonl\"\n" } else { "" };
    text + "\n[baselines]\nfamilies = [\"time\", \"ladder-2\"]\n[evaluation]\ndraws = 200\nmetric_draws = 200\n"
        + ledger
}

/// What an adviser hears of a position.
pub const EVENTS: &str = r#"{"type":"bar","ts":"2024-06-03T15:00:00Z","open":100,"high":101,"low":99,"close":100.5,"volume":1000,"columns":{"sentiment":0.3}}
{"type":"bar","ts":"2024-06-03T16:00:00Z","open":100.5,"high":101,"low":100,"close":100.7,"volume":900,"columns":{"sentiment":0.2}}
{"type":"entry","id":"p1","ts":"2024-06-03T16:00:00Z","side":"long","price":100.8,"stop":99.8,"qty":100}
{"type":"bar","ts":"2024-06-03T17:00:00Z","open":100.8,"high":102,"low":100.5,"close":101.9,"volume":1200,"columns":{"sentiment":-0.4}}
{"type":"fill","id":"p1","ts":"2024-06-03T17:30:00Z","qty":25}
{"type":"bar","open_ts":"2024-06-03T17:00:00Z","ts":"2024-06-03T18:00:00Z","open":101.9,"high":102.2,"low":101,"close":101.1,"volume":1100}
{"type":"fill","id":"p1","ts":"2024-06-03T18:00:01Z","qty":75}
"#;
