//! Workers, kept going and counted.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::binary::Sample;
use crate::worker::{self, AT_HAND, CASE, COUNTS, PANICS};
use crate::{MOST_KIB, MOST_SECONDS, root};

/// What became of the cases.
#[derive(Default)]
pub struct Counts {
    /// For each reader: read, refused, and refused because the library panicked.
    readers: BTreeMap<String, [u64; 3]>,
    through_binary: u64,
    panics: Vec<String>,
    time_outs: Vec<String>,
    deaths: Vec<String>,
    answers: Vec<String>,
}

struct Worker {
    child: Child,
    folder: PathBuf,
    at_hand: String,
    since: Instant,
    next: u64,
}

/// What the arguments ask for: a worker's share of the cases, or the watch over workers for `SECONDS [SEED [THREADS]]`.
pub fn start() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |place: usize, default: u64| {
        arguments.get(place).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("`{text}` is no number")))
    };
    if arguments.first().is_some_and(|argument| argument == "--worker") {
        worker::run(number(1, 0), number(2, 0), number(3, 1), &PathBuf::from(&arguments[4]), number(5, 0));
        return ExitCode::SUCCESS;
    }
    let counts = run(number(0, 10), number(1, 1), number(2, 2));
    println!("{counts}");
    if counts.failures() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs `threads` workers for some seconds.
fn run(seconds: u64, seed: u64, threads: u64) -> Counts {
    let home = root().join("target").join("fuzz").join(env!("CARGO_PKG_NAME"));
    let kept = home.join("failures");
    fs::create_dir_all(&kept).expect("target can be written");
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut counts = Counts::default();
    let mut sample = Sample::new(&home.join("binary"), seed);
    let mut workers: Vec<Worker> = (0..threads).map(|first| Worker::start(&home, seed, first, threads, end)).collect();
    while !workers.is_empty() {
        sleep(Duration::from_millis(50));
        if Instant::now() < end {
            counts.through_binary += 1;
            counts.answers.extend(sample.next());
        }
        let mut going = Vec::new();
        for mut worker in workers {
            let at_hand = fs::read_to_string(worker.folder.join(AT_HAND)).unwrap_or_default();
            if at_hand != worker.at_hand {
                (worker.at_hand, worker.since) = (at_hand, Instant::now());
            }
            let ended = worker.child.try_wait().expect("a child can be waited for");
            // Before its first case it makes the files that are damaged, which takes as long as it does.
            let is_late = !worker.at_hand.is_empty() && Duration::from_secs(MOST_SECONDS) < worker.since.elapsed();
            match ended {
                None if !is_late => {
                    going.push(worker);
                    continue;
                }
                None => {
                    worker.child.kill().expect("a child can be killed");
                    worker.child.wait().expect("a child can be waited for");
                    counts.time_outs.push(worker.keep(&kept));
                }
                Some(status) if !status.success() => counts.deaths.push(format!("{status}: {}", worker.keep(&kept))),
                Some(_) => {}
            }
            counts.add(&worker, &kept);
            if Instant::now() + Duration::from_secs(1) < end {
                let next = worker.case_at_hand().map_or(worker.next, |case| case + threads);
                going.push(Worker::start(&home, seed, next, threads, end));
            }
        }
        workers = going;
    }
    counts
}

impl Worker {
    fn start(home: &Path, seed: u64, first: u64, step: u64, end: Instant) -> Self {
        let folder = home.join(format!("worker-{}", first % step));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("target can be written");
        let own = std::env::current_exe().expect("the program knows its path");
        let seconds = end.saturating_duration_since(Instant::now()).as_secs();
        let numbers = [seed, first, step].map(|number| number.to_string());
        let child = Command::new("sh")
            .args(["-c", &format!("ulimit -v {MOST_KIB}; exec \"$0\" \"$@\"")])
            .arg(own)
            .arg("--worker")
            .args(numbers)
            .arg(&folder)
            .arg(seconds.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a worker can be started");
        Self { child, folder, at_hand: String::new(), since: Instant::now(), next: first }
    }

    fn case_at_hand(&self) -> Option<u64> {
        self.at_hand.split(' ').next()?.parse().ok()
    }

    /// Keeps the files of the case at hand, and names the case.
    fn keep(&self, kept: &Path) -> String {
        let place = kept.join(self.at_hand.replace(' ', "-"));
        let _ = fs::create_dir_all(&place);
        for file in fs::read_dir(self.folder.join(CASE)).into_iter().flatten().flatten() {
            let _ = fs::copy(file.path(), place.join(file.file_name()));
        }
        format!("{} ({})", self.at_hand, place.display())
    }
}

impl Counts {
    pub fn failures(&self) -> usize {
        self.panics.len() + self.time_outs.len() + self.deaths.len() + self.answers.len()
    }

    fn add(&mut self, worker: &Worker, kept: &Path) {
        let read = |name: &str| fs::read_to_string(worker.folder.join(name)).unwrap_or_default();
        self.panics.extend(read(PANICS).lines().map(str::to_owned));
        let _ = fs::write(kept.join("panics"), self.panics.join("\n"));
        for line in read(COUNTS).lines() {
            let mut values = line.split('\t');
            let count = self.readers.entry(values.next().unwrap_or_default().to_owned()).or_default();
            for (count, value) in count.iter_mut().zip(values) {
                *count += value.parse::<u64>().unwrap_or_default();
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<28} {:>9} {:>9} {:>22}", "reader", "read", "refused", "library panics caught")?;
        for (name, [read, refused, caught]) in &self.readers {
            writeln!(f, "{name:<28} {read:>9} {refused:>9} {caught:>22}")?;
        }
        let cases: u64 = self.readers.values().map(|[read, refused, _]| read + refused).sum();
        let failures = [
            ("panic", &self.panics),
            ("time-out", &self.time_outs),
            ("death of a worker", &self.deaths),
            ("answer of the binary that is no short line", &self.answers),
        ];
        for (what, cases) in &failures {
            for case in cases.iter().take(40) {
                writeln!(f, "{what}: {case}")?;
            }
        }
        let counted = failures.map(|(what, cases)| format!("{} × {what}", cases.len())).join(", ");
        write!(f, "{cases} cases and {} through the binary: {counted}", self.through_binary)
    }
}
