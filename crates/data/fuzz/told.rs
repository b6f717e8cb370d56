//! What the binary is told to do with a case.

use std::fs;
use std::path::Path;

use crate::corpus::lines;
use crate::mutate::mutated;
use crate::random::Random;
use crate::readers::Reader;
use crate::worker::{CASE, prepare};

/// The files that only the binary reads, and how it is told to: config and job.
const OWN: [(&str, &str, &[&str]); 2] = [
    ("config.toml", "experiments/own-csv/config.toml", &["check", "config.toml"]),
    ("job.json", "", &["inspect", "fills", "job.json"]),
];
const JOB: &str = r#"{"replay": {"horizon_bars": 3}, "trades": [{"id": "a", "side": "long", "entry_bar": 1, "price": 10, "risk": 1, "qty": 1, "bars": [[10, 11, 9, 10, 5], [10, 12, 9, 11, 5], [11, 12, 10, 11, 5], [11, 12, 10, 11, 5]], "policy": {"kind": "all-out-target", "target_r": 1.0}}]}"#;

/// Puts the files of a case into its folder; the name of its reader, and the arguments of the binary.
pub fn told(readers: &[Reader], seed: u64, case: u64, folder: &Path) -> (String, Vec<String>) {
    let inside = folder.join(CASE);
    let mut random = Random::new(seed, case);
    if random.one_in(3) {
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
        let place = prepare(readers, seed, case, folder);
        let reader = &readers[place];
        (reader.name.to_owned(), arguments_for(reader.file))
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
