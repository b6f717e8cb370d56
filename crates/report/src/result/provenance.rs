//! Where a result comes from: program, data, splits of time, and what was left out.

use std::fmt;

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
    /// The bars that everything is replayed on.
    #[serde(default)]
    pub bars: Option<BarsRead>,
    /// The ledger of tries, if one is kept.
    pub ledger: Option<LedgerFacts>,
}

/// The bars of a run: when they begin and end, and how that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BarsRead {
    /// Markets that they belong to.
    #[serde(default = "one")]
    pub markets: usize,
    /// How many.
    pub count: usize,
    /// Close of the first, as `2013-09-01T22:00:30Z`.
    pub first_close: String,
    /// Close of the last.
    pub last_close: String,
    /// Length of one as declared or found, as `1h`; `None` of bars by volume, trades or money.
    pub length: Option<String>,
    /// Which end of a bar its time names, and how that is known, as `close (assumed)`.
    pub time: String,
}

/// Results of earlier versions are of one market.
fn one() -> usize {
    1
}

/// As `2263 bars: the first closes at A, the last at B, 60s each; bar time = close (assumed)`.
impl fmt::Display for BarsRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { markets, count, first_close, last_close, length, time } = self;
        let each = length.as_ref().map_or_else(String::new, |length| format!(", {length} each"));
        if 1 < *markets {
            write!(f, "{markets} markets, ")?;
        }
        write!(f, "{count} bars: the first closes at {first_close}, the last at {last_close}{each}; bar time = {time}")
    }
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
