//! Markets whose best exit rule is known, and their exact solvers.
//!
//! A learner is judged here before it is judged on anything else. Each problem is a seeded market with parameters,
//! an exact optimum, the best rule that ignores the features, and a score for any decision rule: exact by putting
//! the rule through the grid recursion where the state is small, unbiased on fresh paths elsewhere. Simulated
//! trades come as the unit paths and feature rows that real trades come as, and can be written out as an ordinary
//! data set. Nothing here knows a learner.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod catalogue;
mod catalogue_entry;
mod data;
mod error;
mod grid;
mod gridded;
#[cfg(test)]
mod laws;
mod market;
mod normal;
mod parameter;
mod problem;
mod problems;
mod reference_path;
mod rule;
mod rung;
mod score;
mod selection;
mod write;

pub use catalogue::{CATALOGUE, problem};
pub use catalogue_entry::CatalogueEntry;
pub use data::{PATH_FEATURES, ReferenceData, SaleLimits};
pub use error::ReferenceError;
pub use market::ReferenceMarket;
pub use parameter::{Kind, Parameter, Settings};
pub use problem::{Problem, Solution};
pub use reference_path::ReferencePath;
pub use rule::{FixedSchedule, Moment, Rule};
pub use rung::Rung;
pub use score::Score;
pub use selection::{SelectionBias, best_of_64_rules_on_random_walks};
