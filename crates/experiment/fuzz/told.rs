//! What the binary is told to do with a case.

use std::fs;
use std::path::Path;

use crate::made::Made;
use crate::readers::Reader;
use crate::worker::{CASE, prepare};

/// Puts the files of a case into its folder; the name of its reader, and the arguments of the binary.
pub fn told(readers: &[Reader], seed: u64, case: u64, folder: &Path) -> (String, Vec<String>) {
    let reader = &readers[prepare(readers, seed, case, folder)];
    let inside = folder.join(CASE);
    let run = folder.join("run");
    let run = run.to_str().expect("the repository has a plain path");
    let arguments: Vec<&str> = match reader.file {
        "result.json" => vec!["report", ".", "--out", "drawn"],
        name @ ("model.json" | "contract.json" | "golden.csv" | "ladder.json") => {
            for item in fs::read_dir(folder.join("run/model")).expect("it was made").flatten() {
                if item.file_name() != name {
                    fs::copy(item.path(), inside.join(item.file_name())).expect("target can be written");
                }
            }
            vec!["verify", "."]
        }
        // Of events each refused line is told, so their lines are no journal's.
        name @ ("state.jsonl" | "events.jsonl") => vec!["advise", "--model", run, "--state", name],
        "tries.jsonl" => {
            Made::config(&inside);
            vec!["check", "tiny.toml"]
        }
        "fills.csv" => vec!["verify", run, "--fills", "fills.csv"],
        "job.json" => vec!["inspect", "fills", "job.json"],
        "marker.json" => {
            fs::rename(inside.join("marker.json"), inside.join("scaleout-run.json")).expect("target can be written");
            vec!["report", "."]
        }
        file => vec!["check", file],
    };
    (reader.name.to_owned(), arguments.into_iter().map(str::to_owned).collect())
}
