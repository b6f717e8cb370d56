//! A mutation fuzzer over every reader: files that were good are damaged, and each must end in rows or in one error.
//!
//! `cargo bench -p scaleout-data --bench fuzz -- SECONDS [SEED [THREADS]]` works on two threads. Each case is read by a worker
//! process of its own memory limit; a panic, a case of more than ten seconds and a worker that dies are failures, and
//! so is an answer of the binary (`target/release/scaleout`, on every 50th case) that is no short line. Inputs that
//! fail are kept below `target/fuzz/`, the counts are printed, and the exit status says whether there were failures.

mod binary;
mod corpus;
mod mutate;
mod random;
mod readers;
mod told;
mod watch;
mod worker;

use std::path::Path;
use std::process::ExitCode;

/// The most that reading one case may take.
const MOST_SECONDS: u64 = 10;
/// The address space of a worker: most of it is never touched.
const MOST_KIB: u64 = 2 << 20;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate lies two folders below the root")
}

fn main() -> ExitCode {
    watch::start()
}
