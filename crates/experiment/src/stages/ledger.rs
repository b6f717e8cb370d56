//! The ledger of tries: one line for each configuration that was judged on a span of test trades.
//!
//! What was tried on the same test trades deflates the verdict; what was tried inside training spans does not, since it
//! never looked at a test trade. A configuration is what decides the result: name, ledger and the fineness of the
//! bootstrap are left out of its digest, the seed is not. A rerun is the same line and counts once.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use scaleout_data::{DataError, Limit, read_text};
use scaleout_evaluation::Trials;
use scaleout_market::Timestamp;
use scaleout_report::LedgerFacts;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{ExperimentConfig, ExperimentError, Fitted, Obstacle, Prepared};

/// One configuration judged on one span of one or more symbols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Digest of the configuration.
    config: String,
    /// Symbols traded.
    symbols: BTreeSet<String>,
    /// First test entry, in nanoseconds since 1970.
    from_ns: i64,
    /// Last test entry.
    to_ns: i64,
}

impl Line {
    /// Whether some trades may be the same.
    fn overlaps(&self, other: &Self) -> bool {
        !self.symbols.is_disjoint(&other.symbols) && self.from_ns <= other.to_ns && other.from_ns <= self.to_ns
    }
}

/// The ledger of a run as it will be once the run has been entered.
#[derive(Debug, Clone)]
pub(crate) struct TrialLedger {
    path: PathBuf,
    /// The new line, after the end of the last one where the file lacks it; `None` where the run was entered before.
    new: Option<String>,
    /// How many configurations were judged on the same trades, this one included.
    count: usize,
    sha256: String,
}

impl TrialLedger {
    /// The ledger that the run of `prepared` keeps, if it keeps one. Nothing is written.
    ///
    /// # Errors
    /// If the file cannot be read or a line is none of a ledger.
    pub fn of(prepared: &Prepared, fitted: &Fitted) -> Result<Option<Self>, ExperimentError> {
        let Some(path) = prepared.ledger.clone() else { return Ok(None) };
        let text = text_of(&path)?;
        let Some(own) = own_line(prepared, fitted) else { return Ok(None) };
        Self::with(path, &text, &own).map(Some)
    }

    /// Why the run of `prepared` could not be entered once it is done, so that nothing is learned in vain.
    pub fn obstacle(prepared: &Prepared) -> Option<Obstacle> {
        let path = prepared.ledger.clone()?;
        let read = || -> Result<(), ExperimentError> {
            lines(&text_of(&path)?, &path)?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(missing) = folder.filter(|folder| !folder.is_dir()) {
                return Err(DataError::MissingFile { path: missing.to_owned() }.into());
            }
            can_be_appended(&path).map_err(|source| ExperimentError::Io { path: path.clone(), source })
        };
        let message = |error: ExperimentError| match error {
            ExperimentError::ConfigValue { message, .. } => message,
            error => format!("the ledger of tries cannot be kept: {error}"),
        };
        let found = read().err().map(message);
        found.map(|message| Obstacle { path, message })
    }

    fn with(path: PathBuf, text: &str, own: &Line) -> Result<Self, ExperimentError> {
        let lines = lines(text, &path)?;
        let mut tried: BTreeSet<&str> =
            lines.iter().filter(|line| line.overlaps(own)).map(|line| line.config.as_str()).collect();
        tried.insert(&own.config);
        // A file that was edited by hand may lack the end of its last line.
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let line = || serde_json::to_string(own).expect("Invariant: a line has only text keys");
        let new = (!lines.contains(own)).then(|| format!("{end}{}\n", line()));
        let whole = Sha256::new().chain_update(text).chain_update(new.as_deref().unwrap_or_default()).finalize();
        let sha256 = whole.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { count: tried.len(), path, new, sha256 })
    }

    pub fn trials(&self) -> Trials {
        Trials::Counted(self.count)
    }

    /// What the report says of it.
    pub fn facts(&self) -> LedgerFacts {
        let name = self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        LedgerFacts { name, sha256: self.sha256.clone(), trials: self.count }
    }

    /// Adds the run to the file, if it is not in it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn enter(&self) -> Result<(), ExperimentError> {
        let Some(line) = &self.new else { return Ok(()) };
        let failed = |source| ExperimentError::NotEntered { path: self.path.clone(), source };
        let mut file = fs::OpenOptions::new().create(true).append(true).open(&self.path).map_err(failed)?;
        let before = file.metadata().map_err(failed)?.len();
        file.write_all(line.as_bytes()).map_err(|source| {
            // Half a line would be no line of a ledger.
            let _ = file.set_len(before);
            failed(source)
        })
    }
}

/// Nothing, if a line can be added to the file at `path`, which need not be there yet. It is left as it was.
fn can_be_appended(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return fs::OpenOptions::new().append(true).open(path).map(drop);
    }
    // Under a name of its own, so that nobody else's ledger is removed with it.
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    fs::OpenOptions::new().create_new(true).write(true).open(&name)?;
    fs::remove_file(&name)
}

/// The text of the ledger at `path`; none where there is none yet.
fn text_of(path: &Path) -> Result<String, ExperimentError> {
    if path.exists() { Ok(read_text(path, Limit::Model)?) } else { Ok(String::new()) }
}

fn lines(text: &str, path: &Path) -> Result<Vec<Line>, ExperimentError> {
    let read = |(place, line): (usize, &str)| {
        serde_json::from_str::<Line>(line).map_err(|error| ExperimentError::ConfigValue {
            path: path.to_owned(),
            message: format!(
                "line {}: {error}; accepted: one JSON object a line with config, symbols, from_ns and to_ns",
                place + 1
            ),
        })
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(read).collect()
}

/// The line of this run; `None` without test trades.
fn own_line(prepared: &Prepared, fitted: &Fitted) -> Option<Line> {
    let tested = fitted.folds.iter().flat_map(|fold| &fold.test).map(|&place| &prepared.trades[place].entry);
    let times: Vec<Timestamp> = tested.clone().map(|entry| entry.ts).collect();
    let mut digest = Sha256::new();
    digest.update(what_decides(&prepared.config));
    digest.update(what_decides(&fitted.experiment));
    let config = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Line {
        config,
        symbols: tested.map(|entry| entry.symbol.clone()).collect(),
        from_ns: times.iter().min()?.nanos(),
        to_ns: times.iter().max()?.nanos(),
    })
}

fn what_decides(config: &ExperimentConfig) -> String {
    let mut value = serde_json::to_value(config).expect("Invariant: a config has only text keys");
    if let Some(keys) = value.as_object_mut() {
        keys.remove("name");
        keys.remove("evaluation");
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(config: &str, symbol: &str, from_ns: i64, to_ns: i64) -> Line {
        Line { config: config.into(), symbols: BTreeSet::from([symbol.into()]), from_ns, to_ns }
    }

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect()
    }

    #[test]
    fn tries_on_the_same_trades_count_once_each() {
        let others = text(&[
            line("a", "BTC", 0, 10),
            line("a", "BTC", 0, 10),
            line("b", "BTC", 10, 20),
            line("c", "BTC", 11, 20),
            line("d", "ETH", 0, 10),
        ]);
        let own = line("me", "BTC", 5, 10);
        let first = TrialLedger::with("ledger.jsonl".into(), &others, &own).unwrap();
        assert_eq!(first.trials(), Trials::Counted(3), "a, b and this one");
        let after = others + first.new.as_deref().unwrap();
        let again = TrialLedger::with("ledger.jsonl".into(), &after, &own).unwrap();
        assert_eq!((again.trials(), &again.new, &again.sha256), (Trials::Counted(3), &None, &first.sha256));
    }

    #[test]
    fn a_last_line_without_an_end_gets_one() {
        let (other, own) = (line("a", "BTC", 0, 10), line("b", "BTC", 0, 10));
        let [ended, open] = [text(std::slice::from_ref(&other)), text(&[other]).trim_end().to_owned()];
        let [ended, open] = [ended, open].map(|before| {
            let ledger = TrialLedger::with("ledger.jsonl".into(), &before, &own).unwrap();
            (before + ledger.new.as_deref().unwrap(), ledger.sha256)
        });
        assert_eq!(ended, open);
        assert_eq!(lines(&open.0, Path::new("ledger.jsonl")).unwrap().len(), 2);
    }

    #[test]
    fn what_cannot_be_appended_is_known_before() {
        let folder = std::env::temp_dir().join(format!("scaleout-ledger-{}", std::process::id()));
        fs::create_dir_all(folder.join("below")).unwrap();
        fs::write(folder.join("ledger.jsonl"), "").unwrap();
        let names = || fs::read_dir(&folder).unwrap().count();
        for (name, is_fine) in
            [("ledger.jsonl", true), ("new.jsonl", true), ("below", false), ("none/new.jsonl", false)]
        {
            assert_eq!(can_be_appended(&folder.join(name)).is_ok(), is_fine, "{name}");
            assert_eq!(names(), 2, "{name}: nothing is left");
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let broken = text(&[line("a", "BTC", 0, 10)]) + "tried this\n";
        let error = TrialLedger::with("tries.jsonl".into(), &broken, &line("b", "BTC", 0, 1)).unwrap_err().to_string();
        assert!(error.starts_with("tries.jsonl: line 2: ") && error.contains("from_ns"), "{error}");
    }
}
