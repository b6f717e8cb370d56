//! A mutation fuzzer over everything that a run leaves and a later command reads: results, models, contracts, golden rows,
//! cards, journals, ledgers, checkpoints, markers, lists of fills, and configs.
//!
//! `cargo bench -p scaleout-experiment -p scaleout --bench fuzz -- SECONDS [SEED [THREADS]]`. The files of the readers of
//! data are damaged by the bench of that crate, whose engine this one shares: a worker of its own memory limit, a
//! minute a case, every case ends in an answer or in one short line.

#[path = "../../data/fuzz/binary.rs"]
mod binary;
mod made;
#[path = "../../data/fuzz/mutate.rs"]
mod mutate;
#[path = "../../data/fuzz/random.rs"]
mod random;
mod readers;
mod told;
#[path = "../../data/fuzz/watch.rs"]
mod watch;
#[path = "../../data/fuzz/worker.rs"]
mod worker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The most that reading one case may take; a run that goes on from a checkpoint takes seconds, and more beside others.
const MOST_SECONDS: u64 = 60;
/// The address space of a worker: most of it is never touched.
const MOST_KIB: u64 = 4 << 20;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate lies two folders below the root")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |place: usize, default: u64| {
        arguments.get(place).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("`{text}` is no number")))
    };
    if arguments.first().is_some_and(|argument| argument == "--worker") {
        worker::run(number(1, 0), number(2, 0), number(3, 1), &PathBuf::from(&arguments[4]), number(5, 0));
        return ExitCode::SUCCESS;
    }
    let counts = watch::run(number(0, 10), number(1, 1), number(2, 2));
    println!("{counts}");
    if counts.failures() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
