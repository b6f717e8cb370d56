use scaleout_market::OutOfRange;
use thiserror::Error;

use crate::{Needs, SpecError};

/// Why a feature, or a set of them, cannot be built.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FeatureError {
    /// The text of a spec cannot be read.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// No feature has this name.
    #[error("`{spec}`: there is no feature `{name}`; {accepted}")]
    UnknownFeature {
        /// The spec as written.
        spec: String,
        /// The name looked for.
        name: String,
        /// Names that come close, or where to find all of them.
        accepted: String,
    },
    /// The feature has no such parameter.
    #[error("`{spec}`: `{name}` has no parameter `{parameter}`; it takes {accepted}")]
    UnknownParameter {
        /// The spec as written.
        spec: String,
        /// The feature.
        name: String,
        /// The parameter looked for.
        parameter: String,
        /// The parameters there are.
        accepted: String,
    },
    /// A parameter's value is out of range.
    #[error("`{spec}`: {source}")]
    OutOfRange {
        /// The spec as written.
        spec: String,
        /// The parameter, its value and what would be accepted.
        source: OutOfRange,
    },
    /// The parameters do not fit each other.
    #[error("`{spec}`: {rule}")]
    Conflict {
        /// The spec as written.
        spec: String,
        /// What must hold.
        rule: &'static str,
    },
    /// The feature reads a column that the market does not have.
    #[error("`{spec}`: the market has no column `{column}`; it has {available}")]
    UnknownColumn {
        /// The spec as written.
        spec: String,
        /// The column looked for.
        column: String,
        /// The columns there are.
        available: String,
    },
    /// The feature reads a column and the spec names none, or the other way round.
    #[error("`{spec}`: {rule}")]
    ColumnName {
        /// The spec as written.
        spec: String,
        /// What must be written.
        rule: String,
    },
    /// The feature reads ticks where there are only bars.
    #[error("`{spec}`: needs {needs}, but there are only bars")]
    NeedsTicks {
        /// The spec as written.
        spec: String,
        /// What it reads.
        needs: Needs,
    },
    /// No preset has this name.
    #[error("there is no preset `{name}`; the presets are {accepted}")]
    UnknownPreset {
        /// The name looked for.
        name: String,
        /// The presets there are.
        accepted: String,
    },
    /// A set lists the same feature twice.
    #[error("`{spec}` is listed twice: each feature may appear once")]
    Twice {
        /// The repeated spec.
        spec: String,
    },
}
