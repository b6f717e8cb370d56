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

use std::path::Path;
use std::process::ExitCode;

/// The most that reading one case may take; a run that goes on from a checkpoint takes seconds, and more beside others.
const MOST_SECONDS: u64 = 60;
/// The address space of a worker: most of it is never touched.
const MOST_KIB: u64 = 4 << 20;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate lies two folders below the root")
}

fn main() -> ExitCode {
    watch::start()
}
