//! What happens to rows that cannot be used, and their count.

use serde::{Deserialize, Serialize};

use crate::error::DataError;

/// What happens to a row that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnBadRows {
    /// Reading stops with an error that names path, row, column and value.
    #[default]
    Refuse,
    /// The row is left out, counted and reported.
    Skip,
}

/// The rows left out so far: how many, and the first few messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SkippedRows {
    /// Number of rows left out.
    pub count: u64,
    /// What was wrong with the first of them, in order of the file.
    pub examples: Vec<String>,
}

/// One decision for every bad row of a file, with its count.
#[derive(Debug, Clone, Default)]
pub(crate) struct BadRows {
    policy: OnBadRows,
    skipped: SkippedRows,
}

impl BadRows {
    const EXAMPLES: usize = 5;

    pub(crate) fn new(policy: OnBadRows) -> Self {
        Self { policy, skipped: SkippedRows::default() }
    }

    /// Passes the error on, or counts it.
    pub(crate) fn meet(&mut self, error: DataError) -> Result<(), DataError> {
        match self.policy {
            OnBadRows::Refuse => Err(error),
            OnBadRows::Skip => {
                self.skipped.count += 1;
                if self.skipped.examples.len() < Self::EXAMPLES {
                    self.skipped.examples.push(error.to_string());
                }
                Ok(())
            }
        }
    }

    pub(crate) fn skipped(&self) -> &SkippedRows {
        &self.skipped
    }
}

impl SkippedRows {
    /// The count and messages of both, those of `self` first.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        let room = BadRows::EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.iter().take(room).cloned());
    }
}
