//! Events → numbers. Each feature is one streaming state machine in one file; the table is a fold of it.

mod feature;
mod spec;
mod table;

pub use feature::Feature;
pub use spec::{FeatureSpec, SpecError};
pub use table::FeatureTable;
