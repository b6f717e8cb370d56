//! A run as a library: config in, run folder out. What the command line and the tests call.
//!
//! A run has five stages: `prepare` (data, entries, features), `learn` (tuned baselines and models for each fold),
//! `judge` (every contestant on the test trades), `analyse` (importance, maps, readable rules: the result is complete)
//! and `write` (the folder). A backtest is the same without `learn`, so it ends in the same bytes.
//!
//! ```text
//! LoadedConfig ─Prepared::new─▶ Prepared ─learn─▶ Fitted ─judge─▶ Judged ─analyse─▶ RunResult ─write─▶ folder
//! ```
//!
//! [`run`] does it all, [`backtest`] leaves `learn` out, and [`report()`] begins at the stored result. What every stage
//! starts from can be looked at by itself:
//!
//! ```
//! use scaleout_experiment::{LoadedConfig, Prepared};
//! # fn main() -> Result<(), scaleout_experiment::ExperimentError> {
//! let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/own-csv/config.toml");
//! let prepared = Prepared::new(&LoadedConfig::read(config.as_ref())?)?;
//! let trade = &prepared.trades[0];
//! assert!(trade.span.start() == trade.entry.ts && 0 < trade.unit.steps());
//! # Ok(())
//! # }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod advise;
pub mod calibration;
mod config;
pub mod entries;
mod error;
mod feature_tables;
mod folder;
mod init;
mod inspect;
mod lessons;
mod log;
mod progress;
mod redraw;
mod reference_problems;
mod run;
mod seeds;
mod stages;

pub use advise::{Advice, AdviceDetail, AdviceEvent, AdviceOrders, Advising, Reason};
pub use config::baselines::{BaselinesConfig, OwnPolicy};
pub use config::objective::{ObjectiveConfig, RiskAversion, RiskWish};
pub use config::training::{PositionFeatures, TrainingConfig};
pub use config::validation::ValidationConfig;
pub use config::{ExperimentConfig, LoadedConfig};
pub use error::ExperimentError;
pub use feature_tables::table::{FeatureSource, FeatureTableReport, write_feature_table};
pub use feature_tables::tape::write_feature_tapes;
pub use folder::{RunFolder, Unfinished, adopt};
pub use init::{InitReport, InitRequest, init};
pub use inspect::check::{Checked, CheckedFeature, CheckedFold, check};
pub use inspect::explain::{ExplainedTrade, explain_trade};
pub use inspect::exported::{ExportRequest, compare_fills, export_formats, export_run, verify_model};
pub use inspect::feature_quality::{FeatureQualityReport, PositionQuality, write_feature_quality};
pub use inspect::fills::fill_job;
pub use inspect::lots::{DayLine, LotLine, LotStatement, lots_of_run};
pub use inspect::model_sheet::{ModelSheet, SheetFeature, model_sheet};
pub use inspect::obstacles::Obstacle;
pub use inspect::policy_page::write_policy_page;
pub use inspect::registry::{Registry, RegistryEntry, registries};
pub use lessons::learned_from::LearnedFrom;
pub use lessons::{FITTED_VERSION, Fitted, FittedFold, FittedModel, Lesson, LessonFloor, TunedBaseline};
pub use progress::{FitStep, Progress, Silent};
pub use redraw::report;
pub use reference_problems::{
    ReferenceLearners, ReferenceRequest, ReferenceResult, reference, reference_learners, reference_list,
    reference_problems, write_reference,
};
pub use run::{Finished, backtest, run};
pub use scaleout_data::{
    Adds, AdjustConfig, BarSpec, BarTime, Content, ImportMarkets, ImportRequest, Length, Limit, OneR, RowConfig,
    TableFormat, TimeConfig, TradeListFormat, TradeListRequest, content_of, import, import_trades, printable,
    read_text,
};
pub use scaleout_exits::Matching;
pub use scaleout_export::{ComparedLeg, Finding};
pub use scaleout_features::docs::markdown as feature_docs;
pub use scaleout_report::{SECTIONS, Section, TABLES, Table};
pub use scaleout_training::Caution;
pub use stages::analyse::readable_rule::readable_rules;
pub use stages::analyse::risk::risk_scale;
pub use stages::judge::{AS_TRADED, CANDIDATE, IN_SPAN_LADDER, IN_SPAN_RULE, Judged, PLAN, judge};
pub use stages::learn::learn;
pub use stages::prepared::{DroppedEntries, Prepared, PreparedTrade};
pub use stages::prepared_market::PreparedMarket;
