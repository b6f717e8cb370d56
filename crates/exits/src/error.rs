use std::fmt::Display;

use scaleout_market::{OutOfRange, Timestamp};
use thiserror::Error;

/// Why a trade cannot be replayed or a rule cannot exist.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ExitError {
    /// A setting is out of its range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The entry fills in the very first bar, so no close comes before it.
    #[error("entry `{id}` fills in the first bar: a decision needs the close of the bar before")]
    NoBarBefore {
        /// The entry.
        id: String,
    },
    /// The data end before the entry's horizon.
    #[error("entry `{id}` needs bar {needed} for its horizon, but the data has {bars} bars")]
    HorizonBeyondData {
        /// The entry.
        id: String,
        /// Index of the bar whose open closes the trade.
        needed: usize,
        /// How many bars there are.
        bars: usize,
    },
    /// The entry fills at or after the time of day at which positions must be flat.
    #[error(
        "entry `{id}` fills at {ts}, after flat_at ({flat}), and would be held overnight; late = \"next-day\" allows that"
    )]
    AfterFlatAt {
        /// The entry.
        id: String,
        /// When it fills.
        ts: Timestamp,
        /// When positions had to be flat on that date.
        flat: Timestamp,
    },
    /// The entry fills too shortly before an event that no position is held over.
    #[error(
        "entry `{id}` fills at {ts}, within flat_before.minutes of an event: from {flat} on no position may be held"
    )]
    BeforeEvent {
        /// The entry.
        id: String,
        /// When it fills.
        ts: Timestamp,
        /// From when on nothing may be held.
        flat: Timestamp,
    },
    /// An event that no position is held over comes before the first close after the fill.
    #[error(
        "entry `{id}` fills in the bar of the event at {event}, so that no close lies between: flat_before.minutes must be \
         the length of a bar or more, which leaves such entries out"
    )]
    EventInFirstBar {
        /// The entry.
        id: String,
        /// When the event happens.
        event: Timestamp,
    },
    /// A leveraged position at a price of 0 or below has no margin.
    #[error("entry `{id}`: price = {price} must be above 0, because [replay.liquidation] gives it a margin")]
    NoMargin {
        /// The entry.
        id: String,
        /// Its price.
        price: f64,
    },
    /// An inverse contract would lose more than everything at 1 R.
    #[error("entry `{id}`: risk = {risk} must be below the price {price} of an inverse contract")]
    RiskBeyondPrice {
        /// The entry.
        id: String,
        /// Its risk.
        risk: f64,
        /// Its price.
        price: f64,
    },
    /// The quantity is no whole number of lots.
    #[error(
        "entry `{id}`: qty = {qty:?} must be a whole number of lots of {lot_step}, at most {} lots",
        crate::LotGrid::MOST
    )]
    NotWholeLots {
        /// The entry.
        id: String,
        /// Its quantity.
        qty: f64,
        /// The instrument's lot.
        lot_step: f64,
    },
    /// A policy reads a feature that the table does not have.
    #[error("policy `{policy}` needs feature `{feature}`, but the table has {available}")]
    MissingInput {
        /// The policy.
        policy: String,
        /// What it reads.
        feature: String,
        /// The table's columns.
        available: String,
    },
    /// The column that should hold the variance is not there.
    #[error("the objective needs the variance column `{column}`, but the market has {available}")]
    NoVarianceColumn {
        /// Name of the column.
        column: String,
        /// The market's columns.
        available: String,
    },
    /// The variance of a step is missing or negative.
    #[error("the variance column `{column}` has no value at bar {bar}; accepted: a number, 0 or more")]
    NoVariance {
        /// Name of the column.
        column: String,
        /// Index of the bar at whose close it was read.
        bar: usize,
    },
    /// Impact in the share of volume needs volume before the entry.
    #[error("entry `{id}`: impact needs volume in the {window} bars before bar {bar}, but there was none")]
    NoVolume {
        /// The entry.
        id: String,
        /// Bars averaged.
        window: u32,
        /// Bar of the fill.
        bar: usize,
    },
    /// Latency in milliseconds needs the tape.
    #[error("latency_ms = {latency_ms} needs trades, but the market has only bars")]
    NeedsTrades {
        /// The latency.
        latency_ms: f64,
    },
    /// A number of items that must agree does not.
    #[error("{what}: {given} given for {expected} entries")]
    Misaligned {
        /// What was given.
        what: &'static str,
        /// How many.
        given: usize,
        /// How many are needed.
        expected: usize,
    },
    /// An exit that was made cannot have been.
    #[error("entry `{id}`, exit {exit}: {reason}")]
    MadeExit {
        /// The entry.
        id: String,
        /// Which of its exits, in order of time, from 1.
        exit: usize,
        /// What is wrong, and what would be accepted.
        reason: String,
    },
    /// An exit was made at a price that the market did not show.
    #[error(
        "entry `{id}`, exit {exit}: {price} lies outside the bar that closes at {closes}; accepted: {low} to {high} (its \
         range, half-spread, slippage and a tick)"
    )]
    ExitOutsideBar {
        /// The entry.
        id: String,
        /// Which of its exits, in order of time, from 1.
        exit: usize,
        /// At which price.
        price: f64,
        /// The close of the bar that holds its time.
        closes: Timestamp,
        /// Lowest price at which it can have filled.
        low: f64,
        /// Highest price.
        high: f64,
    },
    /// An add cannot have filled.
    #[error("entry `{id}`, add {add}: {reason}")]
    Add {
        /// The entry.
        id: String,
        /// Which of its adds, in order of time, from 1.
        add: usize,
        /// What is wrong, and what would be accepted.
        reason: String,
    },
    /// An add filled at a price that the market did not show.
    #[error(
        "entry `{id}`, add {add}: {price} lies outside the bar that closes at {closes}; accepted: {low} to {high} (its \
         range, half-spread, slippage and a tick)"
    )]
    AddOutsideBar {
        /// The entry.
        id: String,
        /// Which of its adds, in order of time, from 1.
        add: usize,
        /// At which price.
        price: f64,
        /// The close of the bar that holds its time.
        closes: Timestamp,
        /// Lowest price at which it can have filled.
        low: f64,
        /// Highest price.
        high: f64,
    },
    /// A leveraged position has adds, which change the price at which the venue closes it.
    #[error(
        "entry `{id}` has adds, and `liquidation` is set; accepted: entries without adds, or no `liquidation`: the price of a \
         liquidation is known for one entry only"
    )]
    AddsOnMargin {
        /// The entry.
        id: String,
    },
    /// A text is no job, ladder or policy.
    #[error("{place}: {reason}")]
    Unreadable {
        /// Where in the text.
        place: String,
        /// What is wrong, and what would be accepted.
        reason: String,
    },
}

impl ExitError {
    /// A setting `field` whose `value` is not what is `accepted`.
    pub(crate) fn range(field: &str, value: impl Display, accepted: &str) -> Self {
        OutOfRange::new(field, value, accepted).into()
    }
}
