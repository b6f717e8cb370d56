//! Why nothing could be learned.

use scaleout_market::OutOfRange;
use thiserror::Error;

/// Why nothing could be learned.
#[derive(Debug, Error)]
pub enum TrainingError {
    /// Too few trades to fit on one part and choose on another.
    #[error("{trades} trades are too few to learn from: at least {least} are needed")]
    TooFewTrades {
        /// Trades given.
        trades: usize,
        /// Trades needed.
        least: usize,
    },
    /// The rows of a trade do not fit its path.
    #[error("trade {trade}: {values} feature values do not make {steps} rows of {width} features")]
    RowLength {
        /// Position of the trade in the list.
        trade: usize,
        /// Values given.
        values: usize,
        /// Steps of the trade.
        steps: usize,
        /// Features in a row.
        width: usize,
    },
    /// A trade's path is empty, longer than the horizon, or ends early without a stop.
    #[error("trade {trade}: a path of {steps} steps (stopped: {stopped}) does not fit a horizon of {horizon} bars")]
    PathLength {
        /// Position of the trade in the list.
        trade: usize,
        /// Steps of the trade.
        steps: usize,
        /// Whether it ended at its stop.
        stopped: bool,
        /// The declared horizon.
        horizon: u32,
    },
    /// A gain, a variance or a cost is not finite.
    #[error("trade {trade}, step {step}: {field} = {value} is not a finite number")]
    NotFinite {
        /// Position of the trade in the list.
        trade: usize,
        /// Step within the trade.
        step: usize,
        /// Which number.
        field: &'static str,
        /// Its value.
        value: f64,
    },
    /// Every feature is constant or missing in the training rows.
    #[error("no feature varies over the training rows: {features} are constant or missing everywhere")]
    NothingVaries {
        /// How many there are.
        features: usize,
    },
    /// The rows show fewer bars than a learner reads.
    #[error("the rows show {shown} bars, but the learner reads {wanted}")]
    Window {
        /// Bars the learner reads.
        wanted: u32,
        /// Bars the rows show.
        shown: u32,
    },
    /// A setting is out of its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The matrix of a linear fit is singular.
    #[error("the linear fit of {columns} columns has no unique answer: raise `penalty` (now {penalty})")]
    Singular {
        /// Columns of the fit.
        columns: usize,
        /// The penalty in force.
        penalty: f64,
    },
    /// A library's own fit failed.
    #[error("{learner}: {message}")]
    Learner {
        /// Which learner.
        learner: &'static str,
        /// What it said.
        message: String,
    },
    /// Rows, limits or a model that do not hold together.
    #[error(transparent)]
    Model(#[from] scaleout_model::ModelError),
    /// A trade cannot be replayed.
    #[error(transparent)]
    Exit(#[from] scaleout_exits::ExitError),
    /// Inner splits failed.
    #[error(transparent)]
    Validation(#[from] scaleout_validation::ValidationError),
}

impl TrainingError {
    /// A setting `key` whose `value` is not what is `accepted`.
    pub(crate) fn out_of_range(key: &str, value: f64, accepted: &str) -> Self {
        OutOfRange::new(key, value, accepted).into()
    }

    /// The same error where the setting stands inside another, `section`.
    pub(crate) fn within(self, section: &str) -> Self {
        match self {
            Self::OutOfRange(OutOfRange { field, value, accepted }) => {
                Self::OutOfRange(OutOfRange { field: format!("{section}.{field}").into(), value, accepted })
            }
            other => other,
        }
    }
}
