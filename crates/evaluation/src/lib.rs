//! Judging exits: what contestants earned on the same entries, and what may be concluded from it. Numbers only: how
//! they are shown is the business of the crate `report`.
//!
//! Everything here is a function of outcomes. How a rule came about, learned or fixed, is unknown here, so no
//! figure can favour one.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod advice;
mod as_traded;
mod check;
mod comparison;
mod conditions;
mod contestant;
mod equity;
mod equity_path;
mod error;
mod evaluate;
mod evidence;
pub mod fake;
mod grouping;
mod groupings;
mod input;
mod lot_costs;
pub mod metrics;
pub mod number;
mod overfitting;
mod paired;
mod permutation;
mod permuted;
mod power;
mod resample;
mod sample;
mod scores;
mod sensitivity;
mod sentence;
mod situation;
pub mod stats;
mod symbol_facts;
mod timeline;
mod trade_row;
#[cfg(test)]
mod truth_table;
mod verdict;
mod warnings;

pub use account::AccountResult;
pub use as_traded::AsTraded;
pub use comparison::Comparison;
pub use conditions::{Condition, Question, Role};
pub use contestant::{Contestant, ContestantKind, Family, TradeScores};
pub use equity::EquityCurve;
pub use equity_path::EquityPath;
pub use error::EvaluationError;
pub use evaluate::{Evaluation, Intrabar, evaluate};
pub use evidence::Verdict;
pub use grouping::Grouping;
pub use input::{Assumption, EvaluationConfig, EvaluationInput, Facts, InSpan, Leak, SensitivityLeg, Stake, Trials};
pub use lot_costs::LotCosts;
pub use overfitting::Overfitting;
pub use paired::{FEWEST_TRADES, FIGURES, PairedFigure, PairedFigures, PairedGroup};
pub use permutation::PermutationResult;
pub use permuted::{PermutedDraw, PermutedSchedules};
pub use power::Power;
pub use sample::Sample;
pub use scores::{ContestantResult, MetricValue};
pub use sensitivity::SensitivityResult;
pub use symbol_facts::{BarPrices, SymbolFacts};
pub use trade_row::TradeRow;
pub use warnings::{Warning, WarningKind};
