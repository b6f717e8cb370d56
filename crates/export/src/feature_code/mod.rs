//! Code that computes the market features of a model elsewhere, from one description of each feature's arithmetic.
//!
//! The windows and averages of the generated code take the same steps in the same order as those of scaleout, so values
//! agree to the last bits and rows exactly.

mod definitions;
mod expression;
mod write;

use scaleout_model::Model;
use serde::{Deserialize, Serialize};

pub use definitions::NAMES as CODED_FEATURES;
pub(crate) use write::{Language, columns, indented, market_code};

/// Whether a model's features can be computed by generated code.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureCode {
    /// Whether all of them can.
    pub is_available: bool,
    /// Those that cannot: they need more than bars, or have no code of their own.
    pub missing: Vec<String>,
}

/// Whether all market features of `model` can be computed by generated code; columns are passed through by the caller.
pub fn feature_code(model: &Model) -> FeatureCode {
    let market = model.layout.market.iter();
    let missing = market.filter(|spec| spec.base() != "column" && definitions::expression(spec).is_none());
    let missing: Vec<String> = missing.map(ToString::to_string).collect();
    FeatureCode { is_available: missing.is_empty(), missing }
}
