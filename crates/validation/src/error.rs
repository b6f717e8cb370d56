use scaleout_market::OutOfRange;
use thiserror::Error;

/// Why a span or a set of splits cannot exist.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ValidationError {
    /// A span would end at or before its start.
    #[error("a span must end after it starts: {start_ns} ns to {end_ns} ns")]
    EmptySpan {
        /// Start in nanoseconds since 1970.
        start_ns: i64,
        /// End in nanoseconds since 1970.
        end_ns: i64,
    },
    /// A number of a configuration is out of its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// There are fewer moments at which spans start than the folds need.
    #[error("{what} needs entries at {needed} or more different times, but there are {got}")]
    TooFewSpans {
        /// Which kind of split.
        what: &'static str,
        /// Different starting moments there are.
        got: usize,
        /// Different starting moments needed.
        needed: usize,
    },
}
