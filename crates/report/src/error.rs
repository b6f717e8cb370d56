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
