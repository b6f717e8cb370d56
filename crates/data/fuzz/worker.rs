//! A process that reads case after case and says what became of each.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::mutate::mutated;
use crate::random::Random;
use crate::readers::{Reader, all};

/// The file in a worker's folder that names the case at hand, before it is read.
pub const AT_HAND: &str = "at-hand";
/// The folder of the case at hand.
pub const CASE: &str = "case";
/// One line a case that panicked: its number and the words.
pub const PANICS: &str = "panics";
/// The counts, a line for each reader: read, refused, and refused because the library panicked.
pub const COUNTS: &str = "counts";

/// Reads the cases `first`, `first + step`, … for some seconds.
pub fn run(seed: u64, first: u64, step: u64, folder: &Path, seconds: u64) {
    let made = folder.join("made");
    fs::create_dir_all(&made).expect("the folder can be made");
    let readers = all(&made);
    let start = Instant::now();
    let mut counts: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let mut panics = String::new();
    let mut case = first;
    while start.elapsed() < Duration::from_secs(seconds) {
        let place = prepare(&readers, seed, case, folder);
        let reader = &readers[place];
        fs::write(folder.join(AT_HAND), format!("{case} {}", reader.name)).expect("the folder can be written");
        let read = panic::catch_unwind(AssertUnwindSafe(|| (reader.read)(&folder.join(CASE))));
        let count = counts.entry(reader.name).or_default();
        match read {
            Ok(Ok(())) => count[0] += 1,
            Ok(Err(message)) => {
                count[1] += 1;
                count[2] += u64::from(message.contains("the reader gave up on it"));
                if message.contains('\n') || message.len() > 4_000 {
                    panics.push_str(&format!("{case} {}: an error of {} bytes\n", reader.name, message.len()));
                }
            }
            Err(panic) => {
                let words = panic.downcast_ref::<String>().cloned().unwrap_or_default().replace('\n', " ");
                panics.push_str(&format!("{case} {}: {words}\n", reader.name));
            }
        }
        fs::write(folder.join(PANICS), &panics).expect("the folder can be written");
        let lines =
            counts.iter().map(|(name, [read, refused, caught])| format!("{name}\t{read}\t{refused}\t{caught}\n"));
        fs::write(folder.join(COUNTS), lines.collect::<String>()).expect("the folder can be written");
        case += step;
    }
}

/// Puts the files of a case into its folder and returns the place of its reader.
pub fn prepare(readers: &[Reader], seed: u64, case: u64, folder: &Path) -> usize {
    let mut random = Random::new(seed, case);
    let place = random.below(readers.len());
    let reader = &readers[place];
    let original = random.pick(&reader.corpus).clone();
    let bytes = if random.one_in(4) {
        mutated(&reader.wrapping.of(&original), &reader.corpus, false, &mut random)
    } else {
        reader.wrapping.of(&mutated(&original, &reader.corpus, reader.is_text, &mut random))
    };
    let inside = folder.join(CASE);
    // What an earlier case left there is no part of this one.
    let _ = fs::remove_dir_all(&inside);
    fs::create_dir_all(&inside).expect("the folder can be made");
    fs::write(inside.join(reader.file), bytes).expect("the folder can be written");
    place
}
