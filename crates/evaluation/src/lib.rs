//! Judging exits: what contestants earned on the same entries, and what may be concluded from it. Numbers only: how
//! they are shown is the business of the crate `report`.
//!
//! Everything here is a function of outcomes. How a rule came about, learned or fixed, is unknown here, so no
//! figure can favour one.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod check;
mod comparison;
mod contestant;
mod equity;
mod error;
mod evaluate;
pub mod fake;
mod input;
mod lot_costs;
pub mod metrics;
pub mod number;
mod overfitting;
mod permutation;
mod power;
mod resample;
mod scores;
mod sensitivity;
pub mod stats;
mod timeline;
mod trade_row;
mod verdict;

pub use account::AccountResult;
pub use comparison::Comparison;
pub use contestant::{Contestant, ContestantKind, Family, TradeScores};
pub use equity::{EquityCurve, EquityPath};
pub use error::EvaluationError;
pub use evaluate::{Evaluation, Intrabar, evaluate};
pub use input::{Assumption, EvaluationConfig, EvaluationInput, PermutedSchedules, SensitivityLeg, SymbolFacts};
pub use lot_costs::LotCosts;
pub use overfitting::Overfitting;
pub use permutation::PermutationResult;
pub use power::Power;
pub use scores::{ContestantResult, MetricValue};
pub use sensitivity::SensitivityResult;
pub use trade_row::TradeRow;
pub use verdict::{Condition, Role, Verdict};
