//! A sample of the cases through the binary: whatever the file, it answers with 0, 1 or 2 and one short line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::readers::{Reader, all};
use crate::told::told;
use crate::worker::CASE;
use crate::{MOST_KIB, MOST_SECONDS};

pub struct Sample {
    folder: PathBuf,
    readers: Vec<Reader>,
    seed: u64,
    case: u64,
    binary: PathBuf,
}

impl Sample {
    pub fn new(folder: &Path, seed: u64) -> Self {
        // What an earlier build made there is of no use.
        let _ = fs::remove_dir_all(folder);
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
        let (name, arguments) = told(&self.readers, self.seed, self.case, &self.folder);
        let wrong = answer(&self.binary, &inside, &arguments)?;
        let kept = self.folder.join(format!("failed-{}", self.case));
        fs::rename(&inside, &kept).expect("target can be written");
        Some(format!("{name}: {wrong} ({})", kept.display()))
    }
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
