use scaleout_market::OutOfRange;
use thiserror::Error;

/// Why a reference problem cannot be built, simulated, scored or written.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// No problem has this name.
    #[error("there is no reference problem `{id}`: choose one of {known}")]
    UnknownProblem {
        /// The name asked for.
        id: String,
        /// The names there are.
        known: String,
    },
    /// A setting is not `key=value`.
    #[error("`{text}` is not a setting: write `key=value`, for example `bars=60`")]
    Syntax {
        /// The text.
        text: String,
    },
    /// The problem has no such parameter.
    #[error("{problem} has no parameter `{name}`: it has {known}")]
    UnknownParameter {
        /// The problem.
        problem: &'static str,
        /// The name asked for.
        name: String,
        /// Every parameter with its range and default.
        known: String,
    },
    /// A parameter was set twice.
    #[error("{problem}: `{name}` is set twice")]
    SetTwice {
        /// The problem.
        problem: &'static str,
        /// The parameter.
        name: &'static str,
    },
    /// A parameter is out of its range.
    #[error("{problem}: {source}")]
    OutOfRange {
        /// The problem.
        problem: &'static str,
        /// The parameter, what was given and what would be accepted.
        source: OutOfRange,
    },
    /// A rule reads a feature that the problem does not give.
    #[error("{problem} has no feature `{name}`: a rule can read {known}")]
    UnknownFeature {
        /// The problem.
        problem: String,
        /// The feature asked for.
        name: String,
        /// The features there are.
        known: String,
    },
    /// The schedules to be scored do not fit the paths.
    #[error("{held} schedules of fractions held for {paths} paths: give one a path")]
    ScheduleCount {
        /// Number of schedules.
        held: usize,
        /// Number of paths.
        paths: usize,
    },
    /// A file stands where one would be written.
    #[error("{path}: exists, and would be overwritten; accepted: a folder without it")]
    Exists {
        /// The file.
        path: String,
    },
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
