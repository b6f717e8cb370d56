//! What binds every contestant.

use serde::{Deserialize, Serialize};

/// What every contestant was bound by: horizon, fills, costs, lots and what may be sold at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundRule {
    /// What it is about.
    pub what: String,
    /// What holds.
    pub holds: String,
}
