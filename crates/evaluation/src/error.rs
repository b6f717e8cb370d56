use scaleout_market::OutOfRange;
use thiserror::Error;

/// Why contestants cannot be judged together.
#[derive(Debug, Error)]
pub enum EvaluationError {
    /// There is nothing to judge.
    #[error("there are no {what} to judge")]
    Nothing {
        /// What is missing.
        what: &'static str,
    },
    /// Two contestants have one name.
    #[error("two contestants are called `{name}`; names must differ")]
    SameName {
        /// The name.
        name: String,
    },
    /// A name belongs to none of the contestants or symbols.
    #[error("{role} `{name}` is unknown")]
    Unknown {
        /// What the name was given for.
        role: &'static str,
        /// The name.
        name: String,
    },
    /// A contestant did not replay the same entries in the same order.
    #[error("contestant `{contestant}`, place {place}: expected the outcome of entry `{expected}`, found {found}")]
    NotAligned {
        /// The contestant.
        contestant: String,
        /// Place in the list of entries.
        place: usize,
        /// The entry's id.
        expected: String,
        /// What stands there instead.
        found: String,
    },
    /// A number that must be finite is not.
    #[error("contestant `{contestant}`, entry `{entry}`: {field} = {value} is not a finite number")]
    NotFinite {
        /// The contestant.
        contestant: String,
        /// The entry's id.
        entry: String,
        /// Which number.
        field: &'static str,
        /// Its value.
        value: f64,
    },
    /// The bars of a symbol do not cover a trade.
    #[error("entry `{entry}`: bar {bar} of `{symbol}` is needed, but the bar times given have {bars} bars")]
    NoBar {
        /// The entry's id.
        entry: String,
        /// Its symbol.
        symbol: String,
        /// Index of the bar.
        bar: usize,
        /// Bars there are.
        bars: usize,
    },
    /// A number of the configuration is out of its range.
    #[error("evaluation: {0}")]
    OutOfRange(#[from] OutOfRange),
}
