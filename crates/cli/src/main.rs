//! The command line `scaleout`: parses arguments first, resolves once, then acts.
//!
//! Results go to stdout, everything else to stderr. Exit 0: done, whatever the verdict; 1: the answer of `check` is
//! no; 2: an error. A broken pipe is not an error.

mod advise;
mod answer;
mod arguments;
mod commands;
mod imports;
mod init;
mod listen;
mod panics;
mod print;
mod progress;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use scaleout_experiment::printable;

use crate::{answer::Answer, arguments::Arguments};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match panics::in_one_line(|| commands::run(arguments)) {
        Ok(Answer::Done) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let line = one_line(&error);
            // Nothing is left to tell if stderr itself is closed.
            let _ = writeln!(io::stderr(), "scaleout: {line}");
            ExitCode::from(2)
        }
    }
}

/// The error and its causes, each said once: many errors name their cause themselves.
fn one_line(error: &anyhow::Error) -> String {
    let causes = error.chain().map(|cause| printable(&cause.to_string().replace(['\n', '\r'], " ")).into_owned());
    let line = causes.fold(String::new(), |said, cause| match said.as_str() {
        "" => cause,
        before if before.contains(&cause) => said,
        before => format!("{before}: {cause}"),
    });
    // A library quotes what it did not understand, however long that is.
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The most characters of an error line.
const LONGEST: usize = 2_000;

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|source| source.kind() == io::ErrorKind::BrokenPipe))
}
