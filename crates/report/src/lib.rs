//! What a run leaves for people and programs to read: JSON, Markdown, HTML, tables and pictures.
//!
//! Everything here is a function of an evaluation and of what was analysed beside it. Maps are ordered and lists keep
//! their order, so the same evaluation gives the same bytes.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod document;
mod error;
mod html;
mod importance;
mod lots;
mod markdown;
mod paths;
mod plan_card;
pub mod plots;
mod prose;
mod readable_rule;
mod report;
mod risk;
mod rules;
mod rules_page;
mod summary;
mod tables;

pub use error::ReportError;
pub use importance::{FeatureImportance, ModelImportance};
pub use paths::PathSummary;
pub use plan_card::{PlanCardSummary, PlanLoss};
pub use readable_rule::{Imitation, ReadableRule};
pub use report::{Dataset, Dropped, LedgerFacts, Provenance, Report, SplitSummary};
pub use risk::{RiskRow, RiskScale};
pub use rules::Rule;
pub use rules_page::{RuleSection, RulesPage};
pub use summary::summary_table;
pub use tables::{book_csv, equity_csv, legs_csv, returns_csv, trades_csv};
