//! A run as a library: config in, run folder out. What the command line and the tests call.
//!
//! A run has four stages, each a module: `prepare` (data, entries, features), `learn` (tuned baselines and models for
//! each fold), `judge` (every contestant on the test trades) and `write` (the folder). A backtest is the same without
//! `learn`, so it ends in the same bytes.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accounts;
mod baselines;
mod check;
mod checkpoint;
mod config;
mod config_values;
pub mod entries;
mod error;
mod explain;
mod feature_quality;
mod feature_table;
mod feature_tape;
mod fills;
mod fitted;
mod folder;
mod importance;
mod judge;
mod leaks;
mod learn;
mod learned_from;
mod ledger;
mod log;
mod lots;
mod missing;
mod objective;
mod obstacles;
mod pictures;
mod plan;
mod policy_page;
mod prepare;
mod progress;
mod reference;
#[cfg(test)]
mod reference_law_tests;
mod reference_rule;
mod risk;
mod rule;
mod rules;
mod run;
mod seeds;
mod splits;
mod write;

pub use baselines::{BaselinesConfig, OwnPolicy};
pub use check::{Checked, check};
pub use config::{ExperimentConfig, LoadedConfig};
pub use error::ExperimentError;
pub use explain::{ExplainedTrade, explain_trade};
pub use feature_quality::{FeatureQualityReport, PositionQuality, write_feature_quality};
pub use feature_table::{FeatureSource, FeatureTableReport, write_feature_table};
pub use feature_tape::write_feature_tapes;
pub use fills::fill_job;
pub use fitted::{FITTED_VERSION, Fitted, FittedFold, FittedModel, Lesson, TunedBaseline};
pub use folder::{RunFolder, Unfinished};
pub use judge::{CANDIDATE, IN_SPAN_LADDER, IN_SPAN_RULE, Judged, PLAN, judge};
pub use learn::{PositionFeatures, TrainingConfig, learn};
pub use learned_from::LearnedFrom;
pub use lots::{DayLine, LotLine, LotStatement, lots_of_run};
pub use objective::{ObjectiveConfig, RiskAversion, RiskWish};
pub use obstacles::Obstacle;
pub use policy_page::write_policy_page;
pub use prepare::{DroppedEntries, Prepared, PreparedTrade};
pub use progress::{FitStep, Progress, Silent};
pub use reference::{
    ReferenceLearners, ReferenceRequest, ReferenceResult, reference, reference_learners, reference_list,
    reference_problems, write_reference,
};
pub use risk::risk_scale;
pub use rule::readable_rules;
pub use run::{Finished, backtest, run};
pub use scaleout_data::{BarSpec, Content, ImportRequest, RowConfig, import};
pub use scaleout_exits::Matching;
pub use scaleout_features::docs::markdown as feature_docs;
pub use splits::ValidationConfig;
