//! Fills of trades on bars that a job file brings along.

use std::path::Path;

use scaleout_data::{Limit, read_text};
use scaleout_exits::{FillJob, JobFills, run_fill_job};

use crate::ExperimentError;

/// Every fill of the trades in the job file at `path`, each on the bars that the job holds: the door through which
/// other simulators are compared with this one.
///
/// # Errors
/// If the file is no job, or a trade cannot be replayed.
pub fn fill_job(path: &Path) -> Result<Vec<JobFills>, ExperimentError> {
    let text = read_text(path, Limit::Job)?;
    let job: FillJob = serde_json::from_str(&text).map_err(|error| ExperimentError::Config {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
        message: error.to_string(),
    })?;
    Ok(run_fill_job(&job)?)
}
