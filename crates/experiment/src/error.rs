//! Why a run cannot be done.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// Why a run cannot be done. Each is one line that names the place and what would be accepted.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// The config is not what it should be.
    #[error("{path}:{line}:{column}: {message}", path = path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong and what would be accepted.
        message: String,
    },
    /// A value of the config is out of its range or does not fit the rest.
    #[error("{path}: {message}", path = path.display())]
    ConfigValue {
        /// The file.
        path: PathBuf,
        /// What is wrong and what would be accepted.
        message: String,
    },
    /// Everything can be read, and yet nothing can be learned from it.
    #[error("{path}: {message}", path = path.display())]
    Obstacle {
        /// The file that it is about.
        path: PathBuf,
        /// What is wrong and what would be accepted.
        message: String,
    },
    /// A learner failed on the trades of a fold.
    #[error("{fold}, learner `{learner}`: {source}")]
    Fit {
        /// `fold` with its number, or `refit`.
        fold: String,
        /// Name of the learner.
        learner: String,
        /// Why.
        source: scaleout_training::TrainingError,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A run is done, and its line cannot be added to the ledger of tries.
    #[error(
        "{path}: {source}; once it can be written, `scaleout backtest` of this run's model enters the run",
        path = path.display()
    )]
    NotEntered {
        /// The ledger.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The output folder holds something that is not a run, or a run of 0.1.0.
    #[error(
        "{path}: exists and has no marker of a run (scaleout-run.json): choose another --out or move it away; a run of \
         scaleout 0.1.0 gets its marker from `scaleout adopt {path}`",
        path = path.display()
    )]
    OutputOccupied {
        /// The folder.
        path: PathBuf,
    },
    /// The output folder has a name that no run may have.
    #[error("{path}: {problem}", path = path.display())]
    OutputName {
        /// The folder.
        path: PathBuf,
        /// What is wrong and what would be accepted.
        problem: &'static str,
    },
    /// Something stands where a run keeps its work, or the earlier run while it is replaced.
    #[error(
        "{path}: a run needs this name for its own work, and no unfinished run left it: move it away or choose another \
         --out",
        path = path.display()
    )]
    PlaceTaken {
        /// The folder beside the run.
        path: PathBuf,
    },
    /// Something in a folder that is to be replaced is not the work of a run.
    #[error("{path}: would be deleted with the run, and {problem}: move it away or choose another --out", path = path.display())]
    InTheWay {
        /// The file or folder.
        path: PathBuf,
        /// Why it is not deleted.
        problem: &'static str,
    },
    /// A file that is to be written again is not as a command of scaleout wrote it.
    #[error("{path}: would be replaced, and {problem}: move it away or choose another name", path = path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// Why it is not replaced.
        problem: &'static str,
    },
    /// Another process works under the same name.
    #[error("{path}: another run is working in this folder: wait for it or choose another --out", path = path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The result of a run cannot be read.
    #[error("{path}: {message}", path = path.display())]
    Stored {
        /// The run folder or the file in it.
        path: PathBuf,
        /// What is wrong and what would be accepted.
        message: String,
    },
    /// A stored model cannot be read.
    #[error("{path}: {message}", path = path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong and what would be accepted.
        message: String,
    },
    /// There is no learner of this name.
    #[error("learner `{name}`: {message}")]
    Learner {
        /// The name.
        name: String,
        /// What would be accepted.
        message: String,
    },
    /// So many paths cannot be simulated.
    #[error("--paths {paths} must be 1 to {most} for {problem} with {bars} bars a path")]
    Paths {
        /// How many were asked for.
        paths: usize,
        /// The most that would be accepted.
        most: usize,
        /// The problem.
        problem: String,
        /// Bars of a path.
        bars: usize,
    },
    /// A trade or contestant that a run does not have.
    #[error("{path}: no {what} `{name}`; accepted: {accepted}", path = path.display())]
    NotInRun {
        /// The stored model of the run.
        path: PathBuf,
        /// `trade` or `contestant`.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        accepted: String,
    },
    /// What is asked cannot be done with positions that have adds.
    #[error("{message}")]
    Adds {
        /// Which trade has them, and what would be accepted.
        message: String,
    },
    /// An event that an adviser cannot take.
    #[error("{message}")]
    Event {
        /// What is wrong and what would be accepted.
        message: String,
    },
    /// A reference problem cannot be set as asked.
    #[error(transparent)]
    Reference(#[from] scaleout_reference::ReferenceError),
    /// The data or the entries cannot be read.
    #[error(transparent)]
    Data(#[from] scaleout_data::DataError),
    /// A feature does not exist or does not fit the data.
    #[error(transparent)]
    Feature(#[from] scaleout_features::FeatureError),
    /// A trade cannot be replayed.
    #[error(transparent)]
    Exit(#[from] scaleout_exits::ExitError),
    /// The past cannot be cut into folds as asked.
    #[error(transparent)]
    Validation(#[from] scaleout_validation::ValidationError),
    /// A model cannot be used here.
    #[error(transparent)]
    ModelUse(#[from] scaleout_model::ModelError),
    /// A model cannot be fitted.
    #[error(transparent)]
    Training(#[from] scaleout_training::TrainingError),
    /// The contestants cannot be judged.
    #[error(transparent)]
    Evaluation(#[from] scaleout_evaluation::EvaluationError),
    /// The report cannot be drawn or written.
    #[error(transparent)]
    Report(#[from] scaleout_report::ReportError),
    /// A model cannot be written for other tools, or a model folder not be read.
    #[error(transparent)]
    Export(#[from] scaleout_export::ExportError),
    /// A run failed after models were learned, which it left to continue from.
    #[error("{source}; {} keeps the models learned until then: `--resume` with the same config and data continues from them, and a run \
             without it begins again", .partial.display())]
    Kept {
        /// What went wrong.
        source: Box<ExperimentError>,
        /// The unfinished folder.
        partial: PathBuf,
    },
}

/// The system's refusal to read or write `path`.
pub(crate) fn io_error(path: &Path, source: io::Error) -> ExperimentError {
    ExperimentError::Io { path: path.to_owned(), source }
}
