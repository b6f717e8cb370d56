//! Where a result comes from: program, data, splits of time, and what was left out.

use scaleout_market::Timestamp;
use serde::{Deserialize, Serialize};

/// What made the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// Seed of the run.
    pub seed: u64,
    /// Data read.
    pub datasets: Vec<Dataset>,
    /// The ledger of tries, if one is kept.
    pub ledger: Option<LedgerFacts>,
}

/// The ledger that counts the configurations judged on the same test trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerFacts {
    /// Its file.
    pub name: String,
    /// Of the file once the run is entered, in hexadecimal.
    pub sha256: String,
    /// Configurations judged on these trades, this one included.
    pub trials: usize,
}

/// One data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Its name.
    pub name: String,
    /// Of the file as read, in hexadecimal.
    pub sha256: String,
}

/// One split of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitSummary {
    /// Its name, as `fold 1`.
    pub name: String,
    /// Entries trained on.
    pub train: usize,
    /// Entries tested on.
    pub test: usize,
    /// Entries dropped from training because their outcome reaches into the test.
    pub purged: usize,
    /// Entries dropped from training by the embargo.
    pub embargoed: usize,
    /// First tested entry.
    pub test_start: Timestamp,
    /// Last tested entry.
    pub test_end: Timestamp,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    /// What, as `entries`.
    pub what: String,
    /// How many.
    pub count: usize,
    /// Why.
    pub reason: String,
}
