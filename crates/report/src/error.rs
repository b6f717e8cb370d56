//! Why a report cannot be made.

use thiserror::Error;

/// Why a report cannot be made.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A table could not be written.
    #[error("writing the table failed: {0}")]
    Table(#[from] csv::Error),
    /// A document could not be written as JSON.
    #[error("writing JSON failed: {0}")]
    Json(#[from] serde_json::Error),
    /// The text is no stored result.
    #[error("not a stored result: {0}")]
    NoResult(serde_json::Error),
    /// A stored result has another version.
    #[error("schema_version {found}; accepted: {accepted}. Run the experiment again with this version of scaleout")]
    Version {
        /// What the file says.
        found: u32,
        /// What this build reads.
        accepted: u32,
    },
    /// Parts of a stored result do not belong together.
    #[error("the parts of the result do not fit together: `{what}` is {found}, the rest of the file says {expected}")]
    Unfit {
        /// Which part.
        what: &'static str,
        /// Its length, or a place in it.
        found: usize,
        /// What fits.
        expected: usize,
    },
    /// The winner of a stored result is none of its contestants.
    #[error("the winner `{name}` is not one of the contestants")]
    Winner {
        /// The winner.
        name: String,
    },
    /// A plot could not be drawn.
    #[error("drawing `{plot}` failed: {reason}")]
    Plot {
        /// The plot.
        plot: String,
        /// What the drawing library says.
        reason: String,
    },
    /// A sink refused bytes.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
