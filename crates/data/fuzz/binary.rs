//! A sample of the cases through the binary: whatever the file, it answers with 0, 1 or 2 and one short line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::corpus::lines;
use crate::mutate::mutated;
use crate::random::Random;
use crate::readers::{Reader, all};
use crate::worker::{CASE, prepare};
use crate::{MOST_KIB, MOST_SECONDS};

/// The files that only the binary reads, and how it is told to: config and job.
const OWN: [(&str, &str, &[&str]); 2] = [
    ("config.toml", "experiments/own-csv/config.toml", &["check", "config.toml"]),
    ("job.json", "", &["inspect", "fills", "job.json"]),
];
const JOB: &str = r#"{"replay": {"horizon_bars": 3}, "trades": [{"id": "a", "side": "long", "entry_bar": 1, "price": 10, "risk": 1, "qty": 1, "bars": [[10, 11, 9, 10, 5], [10, 12, 9, 11, 5], [11, 12, 10, 11, 5], [11, 12, 10, 11, 5]], "policy": {"kind": "all-out-target", "target_r": 1.0}}]}"#;

pub struct Sample {
    folder: PathBuf,
    readers: Vec<Reader>,
    seed: u64,
    case: u64,
    binary: PathBuf,
}

impl Sample {
    pub fn new(folder: &Path, seed: u64) -> Self {
        fs::create_dir_all(folder).expect("target can be written");
        let own = std::env::current_exe().expect("the program knows its path");
        let binary = own.ancestors().nth(2).map(|folder| folder.join("scaleout")).filter(|path| path.exists());
        let binary = binary.expect("target/release/scaleout is built: cargo build --release --package scaleout");
        Self { readers: all(folder), folder: folder.to_owned(), seed, case: u64::MAX / 2, binary }
    }

    /// Runs the next case; what is wrong with the answer, if anything is.
    pub fn next(&mut self) -> Option<String> {
        self.case += 1;
        let inside = self.folder.join(CASE);
        let mut random = Random::new(self.seed, self.case);
        let (name, arguments): (String, Vec<String>) = if random.one_in(3) {
            let (file, original, arguments) = random.pick(&OWN);
            let original = if original.is_empty() { JOB.into() } else { lines(original, 500) };
            let _ = fs::remove_dir_all(&inside);
            fs::create_dir_all(&inside).expect("target can be written");
            let bytes = mutated(&original, std::slice::from_ref(&original), true, &mut random);
            fs::write(inside.join(file), bytes).expect("target can be written");
            for name in ["bars.csv", "entries.csv"] {
                let text = lines(&format!("experiments/own-csv/{name}"), 3_000);
                fs::write(inside.join(name), text).expect("target can be written");
            }
            ((*file).to_owned(), arguments.iter().map(|argument| (*argument).to_owned()).collect())
        } else {
            let place = prepare(&self.readers, self.seed, self.case, &self.folder);
            let reader = &self.readers[place];
            (reader.name.to_owned(), arguments_for(reader.file))
        };
        let wrong = answer(&self.binary, &inside, &arguments)?;
        let kept = self.folder.join(format!("failed-{}", self.case));
        fs::rename(&inside, &kept).expect("target can be written");
        Some(format!("{name}: {wrong} ({})", kept.display()))
    }
}

/// How the binary reads a file of this name.
fn arguments_for(file: &str) -> Vec<String> {
    let words: &[&str] = match file {
        "b.csv" | "b.parquet" => &["features", "--bars", file, "--set", "atr(window=5)", "--out", "o.csv"],
        "t.csv" | "t.csv.gz" | "t.parquet" => &[
            "features",
            "--every",
            "60s",
            "--trades",
            file,
            "--set",
            "atr(window=5);trade_intensity",
            "--out",
            "o.csv",
        ],
        _ => &["import", file, "--into", "made", "--content", "trades"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn answer(binary: &Path, folder: &Path, arguments: &[String]) -> Option<String> {
    let stderr = folder.join("stderr");
    let file = fs::File::create(&stderr).expect("target can be written");
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -v {}; exec \"$0\" \"$@\"", 2 * MOST_KIB)])
        .arg(binary)
        .args(["--threads", "1"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(file)
        .spawn()
        .expect("the binary can be started");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if Duration::from_secs(2 * MOST_SECONDS) < start.elapsed() {
            child.kill().expect("a child can be killed");
            child.wait().expect("a child can be waited for");
            return Some(format!("more than {} s", 2 * MOST_SECONDS));
        }
        sleep(Duration::from_millis(2));
    };
    let told = String::from_utf8_lossy(&fs::read(&stderr).unwrap_or_default()).into_owned();
    let first: String = told.lines().next().unwrap_or_default().chars().take(200).collect();
    let is_short = told.lines().count() <= 1 && told.len() < 4_096;
    match status.code() {
        Some(0..=2) if is_short && !told.contains("panicked") => None,
        Some(code) => Some(format!("exit {code}, {} lines on stderr: {first}", told.lines().count())),
        None => Some(format!("{status}: {first}")),
    }
}
