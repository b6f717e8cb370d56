//! Markets whose best exit is known, and their exact solvers. Learners are tested here first.
//!
//! How a value flows:
//! 1. [`CATALOGUE`] lists the problems, and [`problem`] builds one with its parameters: a seeded market.
//! 2. [`Problem::solve`] computes the exact optimum, and the best rule that ignores the features (the base).
//! 3. [`Problem::simulate`] draws trades ([`ReferenceData`]) as the unit paths and feature rows that real trades have. They
//!    can be written out as an ordinary dataset.
//! 4. [`Problem::score`] values any [`Rule`]. The value is exact if the state has at most two dimensions. Otherwise it is an
//!    unbiased estimate on fresh paths, with common random numbers.
//! 5. [`Solution::skill`] is (score − base) / (optimum − base): 0 for the base, 1 for the optimum.
//!
//! Nothing here knows a learner.
//!
//! ```
//! use scaleout_reference::{FixedSchedule, problem};
//!
//! // B10 is a price without drift that costs .1 R to sell: there is nothing to find, and every rule is worth −.1 R.
//! let martingale = problem("B10", &["bars=20"])?;
//! let solution = martingale.solve();
//! assert!((solution.optimum + 0.1).abs() < 1e-6 && (solution.base + 0.1).abs() < 1e-6);
//! assert_eq!(solution.skill(martingale.score(&FixedSchedule::all_at(3, 4))?), None);
//!
//! // B7 is order flow that predicts the next bar. The exact optimum has a skill of 1, and a fixed schedule less than 1.
//! let flow = problem("B7", &["impact=0", "risk_aversion=0", "tranches=1"])?;
//! let solution = flow.solve();
//! let best = flow.optimal_rule().ok_or("this problem has its optimum as a rule")?;
//! let skill = |score| solution.skill(score).ok_or("the optimum is no better than the base");
//! assert!((skill(flow.score(best.as_ref())?)? - 1.0).abs() < 1e-6);
//! assert!(skill(flow.score(&FixedSchedule::all_at(0, 1))?)? < 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
pub use parameter::{Parameter, ParameterKind, Settings};
pub use problem::{Problem, Solution};
pub use reference_path::ReferencePath;
pub use rule::{FixedSchedule, Moment, Rule};
pub use rung::ExactRung;
pub use score::Score;
pub use selection::{SelectionBias, best_of_64_rules_on_random_walks};
