//! Judges exits: takes what contestants earned on the same entries and says what may be concluded.
//!
//! R is the profit of a trade divided by the risk at entry. J is the objective: mean profit in R minus a penalty for risk.
//!
//! How a value flows:
//! 1. A [`Contestant`] is a name with one outcome for each entry. All contestants have the same entries in the same order.
//! 2. [`EvaluationInput`] holds the contestants, their accounts, the results under other assumptions, and the benchmark:
//!    the rule that was best inside each training span ([`InSpan`]).
//! 3. [`evaluate`] computes [`metrics`] with bootstrap intervals and paired [`Comparison`]s in J. It resamples calendar
//!    cells, so trades that are open together stay together.
//! 4. The [`Verdict`] says whether the model beats the benchmark. It lists its [`Condition`]s, and a condition that was not
//!    tested counts as failed.
//!
//! The crate produces numbers only; `scaleout-report` shows them. It sees outcomes but not how a rule was made, so it cannot
//! favour a learned rule. [`fake`] makes markets with a planted edge, to test a metric where the answer is known.
//!
//! ```
//! use scaleout_evaluation::fake::{Fake, FakeRun};
//! use scaleout_evaluation::{ContestantKind, Family};
//!
//! // Two rules that sell at the same bars on 150 entries of a random walk. The second earns .3 R more on every trade.
//! let fake = Fake::new(4, 150, 8);
//! let exits = |_: usize| [5, 10, 15, 20];
//! let benchmark = fake.rule("ladder", ContestantKind::Baseline, Family::Ladder, 0.0, exits);
//! let model = fake.rule("model", ContestantKind::Model, Family::Learned, 0.3, exits);
//! let mut run = FakeRun::with(fake, vec![benchmark, model], 0.0);
//! (run.rule, run.ladder) = (Some("ladder"), Some("ladder"));
//! let evaluation = run.evaluate();
//!
//! // The paired difference is exactly what was planted, so its interval has no width.
//! let found = evaluation.comparisons.iter().find(|found| found.candidate == "model").ok_or("no comparison")?;
//! let [low, high] = found.ci95.ok_or("no interval")?;
//! assert!((found.mean_objective_difference - 0.3).abs() < 1e-9 && (low - 0.3).abs() < 1e-9 && (high - 0.3).abs() < 1e-9);
//! assert_eq!(evaluation.verdict.candidate.as_deref(), Some("model"));
//! # Ok::<(), &str>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod advice;
mod as_traded;
mod by_market;
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
mod intrabar;
mod judgement;
mod lot_costs;
pub mod metrics;
pub mod number;
mod overfitting;
mod paired;
mod permutation;
mod permuted;
mod power;
mod resample;
mod roles;
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
pub use by_market::{ByMarket, MarketFigures};
pub use comparison::Comparison;
pub use conditions::{Condition, Question, Role};
pub use contestant::{Contestant, ContestantKind, Family, TradeScores};
pub use equity::EquityCurve;
pub use equity_path::EquityPath;
pub use error::EvaluationError;
pub use evaluate::{Evaluation, evaluate};
pub use evidence::Verdict;
pub use grouping::Grouping;
pub use input::{Assumption, EvaluationConfig, EvaluationInput, Facts, InSpan, Leak, SensitivityLeg, Stake, Trials};
pub use intrabar::Intrabar;
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
