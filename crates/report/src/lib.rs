//! A stored result → Markdown, HTML, JSON, CSV, SVG and PNG.
//!
//! A run ends in one value, [`RunResult`]: figures, verdict, curves, maps, histograms and every trade. It is kept in the
//! run folder as `result.json`. Every other file but the models and the log is a function of it ([`each_file`]), so a
//! report can be drawn again without data and without models, byte for byte.
//!
//! Sections of the report stand in one list ([`SECTIONS`]), tables in another ([`TABLES`]), pictures in
//! [`plots`]: a new one is one file, declared and listed. Maps are ordered and lists keep their order, so the same
//! result gives the same bytes.
//!
//! ```
//! use scaleout_evaluation::fake::FakeRun;
//! use scaleout_report::summary_table;
//! let evaluation = FakeRun::new(4, 60, 0.3).evaluate();
//! let table = summary_table(&evaluation);
//! assert!(table.starts_with("contestant") && table.contains(&evaluation.verdict.sentence));
//! ```
//!
//! Nothing here computes what a run should know, and nothing knows how a model is trained.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
#[cfg(test)]
mod example;
mod files;
pub mod plots;
mod render;
mod result;
mod rules_page;
mod sections;
mod summary;
mod tables;

pub use error::ReportError;
pub use files::{each_file, file_names};
pub use result::{
    BarsRead, BookAction, BookRecord, CeilingSummary, CellWidths, ContestantTrades, Dataset, DriftedFeature, Dropped,
    EntryRecord, FeatureImportance, FloorSummary, GroundRule, HistogramOfContestant, Imitation, LedgerFacts, LegRecord,
    MOST_OUTSIDE, MapAxis, MapPanel, ModelImportance, NetRHistogram, NewComparison, NewData, PathSummary,
    PlanCardSummary, PlanLoss, PolicyMap, Provenance, RESULT_FILE, ReadableRule, RiskRow, RiskScale, RunResult,
    SCHEMA_VERSION, SplitSummary, TakenRecord, TradeRecord, TradeRecords, View, Withheld,
};
pub use rules_page::{RuleSection, RulesPage};
pub use sections::{SECTIONS, Section};
pub use summary::{summary, summary_table};
pub use tables::{TABLES, Table};
