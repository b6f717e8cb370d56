//! What an adviser has seen, kept line by line, so that it can be stopped at any moment.
//!
//! Averages remember everything, so an adviser that is to decide as before must see every event again: the journal holds
//! them all. A line is written at once and whole; one that was cut off is not counted when the journal is read.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use scaleout_data::{DataError, Limit, read_bytes};
use scaleout_export::{ModelFolder, digest};
use serde::{Deserialize, Serialize};

use super::{
    Adviser,
    event::{Advice, AdviceDetail, AdviceEvent},
};
use crate::{ExperimentError, RunFolder};

/// The first line of a journal.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    journal: u32,
    model_sha256: String,
    /// The market, where the model has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    symbol: Option<String>,
}

const JOURNAL_VERSION: u32 = 1;

/// The file of the journal in the model folder.
fn journal_name(symbol: Option<&str>) -> String {
    let plain = |symbol: &str| -> String {
        symbol.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect()
    };
    symbol.map_or_else(
        || "advise.jsonl".to_owned(),
        |symbol| match plain(symbol) {
            plain if plain == symbol => format!("advise-{plain}.jsonl"),
            // Two symbols may differ only in what a file name cannot hold.
            plain => format!("advise-{plain}-{}.jsonl", &digest(symbol.as_bytes())[..8]),
        },
    )
}

/// An adviser with its journal.
pub struct Advising {
    adviser: Adviser,
    explanation: AdviceDetail,
    path: PathBuf,
    file: File,
    /// Events that were in the journal when it was opened.
    pub taken_up: usize,
}

impl Advising {
    /// The adviser of the model at `model` (a run or its model folder), as far as the journal at `journal` has come. If the
    /// model has several markets, `symbol` says which; each has a journal of its own.
    ///
    /// # Errors
    /// If the model folder cannot be read, it has no such market, or the journal is another model's or market's.
    pub fn open(
        model: &Path,
        symbol: Option<&str>,
        journal: Option<&Path>,
        explanation: AdviceDetail,
    ) -> Result<Self, ExperimentError> {
        RunFolder::settle(model)?;
        let folder = crate::inspect::exported::model_folder(model);
        let path = journal.map_or_else(|| folder.join(journal_name(symbol)), Path::to_owned);
        let read = ModelFolder::read(&folder)?;
        let head = Head {
            journal: JOURNAL_VERSION,
            model_sha256: digest(read.model_json.as_bytes()),
            symbol: symbol.map(str::to_owned),
        };
        let mut adviser = Adviser::new(read, symbol)?;
        let io = |source| ExperimentError::Io { path: path.clone(), source };
        let bytes = if path.exists() { bytes_of(&path)? } else { Vec::new() };
        // A line without an end was being written when the adviser was stopped.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let text = std::str::from_utf8(&bytes[..whole]).map_err(|error| ExperimentError::Model {
            path: path.clone(),
            message: format!("byte {} is not UTF-8; accepted: a journal of `scaleout advise`", error.valid_up_to()),
        })?;
        let mut file = OpenOptions::new().append(true).create(true).open(&path).map_err(io)?;
        let broken = |line: usize, message: String| ExperimentError::Model {
            path: path.clone(),
            message: format!("line {line}: {message}"),
        };
        let mut taken_up = 0;
        let mut lines = text.lines().enumerate();
        match lines.next() {
            None => {
                let own = serde_json::to_vec(&head).expect("Invariant: only text and a number");
                if !own.starts_with(&bytes) {
                    return Err(broken(1, "no line of a journal; accepted: a new or empty file".to_owned()));
                }
                file.set_len(0).map_err(io)?;
                write_line(&mut file, &head).map_err(io)?;
            }
            Some((_, first)) => {
                let found: Head = serde_json::from_str(first).map_err(|error| broken(1, error.to_string()))?;
                if found != head {
                    return Err(broken(
                        1,
                        "the journal of another model; accepted: a new file for each model".to_owned(),
                    ));
                }
                file.set_len(whole as u64).map_err(io)?;
                for (place, line) in lines {
                    let event = serde_json::from_str(line).map_err(|error| broken(place + 1, error.to_string()))?;
                    adviser.take(&event, AdviceDetail::None).map_err(|error| broken(place + 1, error))?;
                    taken_up += 1;
                }
            }
        }
        Ok(Self { adviser, explanation, path, file, taken_up })
    }

    /// Advice on the event that `line` holds; the event is in the journal when this returns. An empty line is none.
    ///
    /// # Errors
    /// What is wrong with the line, which then changes nothing; or the journal cannot be written.
    pub fn line(&mut self, line: &str) -> Result<Vec<Advice>, ExperimentError> {
        if line.trim().is_empty() {
            return Ok(Vec::new());
        }
        let refused = |message: String| ExperimentError::Event { message };
        let event: AdviceEvent = serde_json::from_str(line).map_err(|error| refused(error.to_string()))?;
        let advice = self.adviser.take(&event, self.explanation).map_err(refused)?;
        let io = |source| ExperimentError::Io { path: self.path.clone(), source };
        write_line(&mut self.file, &event).map_err(io)?;
        Ok(advice)
    }
}

/// What the journal at `path` holds; a pipe or device is none, since it could not be read again.
fn bytes_of(path: &Path) -> Result<Vec<u8>, ExperimentError> {
    let kind = fs::metadata(path).map_err(|source| ExperimentError::Io { path: path.to_owned(), source })?;
    if !kind.is_file() {
        let what = if kind.is_dir() { "a folder" } else { "a device or pipe" };
        return Err(DataError::NotAFile { path: path.to_owned(), what }.into());
    }
    Ok(read_bytes(path, Limit::Events)?)
}

fn write_line(file: &mut File, value: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)
}
