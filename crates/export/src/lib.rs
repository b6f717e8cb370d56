//! Writes a fitted model as files that other tools run.
//!
//! The hold value H(q) is the expected objective J, in R, of holding the fraction q of a position through the next bar and
//! exiting well afterwards.
//!
//! How a value flows:
//! 1. [`ModelContract::new`] describes a [`Model`](scaleout_model::Model) and its run: features, costs, lots, the decision rule,
//!    the instrument and the fills that were assumed.
//! 2. [`golden_rows`] chooses inputs, and [`answers`] computes the outputs that every runtime must reproduce.
//! 3. Each [`Format`] of [`FORMATS`] turns an [`Export`] into [`ExportFile`]s: ONNX, weights, code for other platforms.
//! 4. [`export_files`] collects them and adds `contract.json` with the digest of each.
//! 5. [`verify`] checks a folder: the digests, the contract against the model, and our own evaluator on the golden rows.
//!
//! The decision is defined once, in f32 with one order of operations, by
//! [`target_fraction`](scaleout_model::target_fraction). The ONNX graph has the same operations in the same order.
//!
//! ```
//! use scaleout_export::{ModelContract, Expected, Export, RunFacts, answers, export_files, formats_named, golden_rows, verify};
//! # use scaleout_exits::{Objective, ReplayConfig, TradeTerms};
//! # use scaleout_market::{Instrument, Timestamp};
//! # use scaleout_model::{Frame, LearnerSettings, LinearRegressor, Model, Regressor, RowLayout, SaleConstraints, Shape, Term};
//! # use scaleout_model::{MODEL_VERSION, TrainingFacts, VarianceReduction};
//! # let constant = Term { factors: vec![], hinges: vec![], mean: 0.0, deviation: 1.0 };
//! # let regressor = LinearRegressor {
//! #     outputs: 2, time_feature: 0, knots: vec![1.0], scalers: vec![], terms: vec![constant], coefficients: vec![0.4, -0.2],
//! # };
//! # let model = Model {
//! #     version: MODEL_VERSION,
//! #     layout: RowLayout {
//! #         market: vec![],
//! #         position: vec!["bars_to_horizon".into()],
//! #         volatility: None,
//! #         window: 1,
//! #         frame: Frame::Trade,
//! #         columns: Default::default(),
//! #     },
//! #     tranches: 2,
//! #     horizon_bars: 10,
//! #     objective: Objective::mean_variance(0.5),
//! #     limits: SaleConstraints::default(),
//! #     impact_power: 1.0,
//! #     shape: Shape::Concave,
//! #     learner: LearnerSettings::of(&std::collections::BTreeMap::from([("kind", "by-hand")]))?,
//! #     variance_reduction: VarianceReduction::None,
//! #     regressor: Regressor::Linear(regressor),
//! #     training: TrainingFacts {
//! #         trades: 40, effective_trades: 40.0, first: Timestamp::from_secs(0), last: Timestamp::from_secs(1),
//! #         bar_reach_r: 1.0, rounds: 1, trials: 1, validation_objective: None, departure: None,
//! #     },
//! # };
//! # let terms = TradeTerms {
//! #     proportional_r: 0.0, per_order_r: 0.0, impact_r: 0.0, impact_power: 1.0, lots: None, min_lots: 0,
//! # };
//! // `model` is the example of scaleout-model: H(1/2) = .2 R and H(1) = .1 R, whatever the row says.
//! let facts = RunFacts {
//!     product_version: "0.2.0",
//!     experiment: "by hand",
//!     bars: "1m".into(),
//!     bar_seconds: Some(60.0),
//!     instrument: &Instrument::frictionless("X", "USD"),
//!     other_instruments: &[],
//!     replay: &ReplayConfig::default(),
//!     data_sha256: "",
//!     rows: &[7.0], // one training row: seven bars to the horizon
//!     terms: &[terms],
//!     valid_nanos: 3_600_000_000_000,
//!     expected: Expected::default(),
//! };
//! let contract = ModelContract::new(&model, &facts);
//! let golden = golden_rows(&model, &contract.features, &[], 16);
//! assert_eq!(answers(&model, &golden)[0].hold_values, [0.2, 0.1]);
//!
//! // The folder holds the model, the golden rows and the contract, and it verifies.
//! let model_json = model.to_json();
//! let export = Export { model: &model, model_json: &model_json, ladder_json: None, contract: &contract, golden: &golden };
//! let formats = formats_named(&["model", "onnx", "golden"].map(str::to_owned))?;
//! let folder = std::env::temp_dir().join(format!("scaleout-export-page-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! for file in export_files(&export, &formats, &Default::default())? {
//!     std::fs::write(folder.join(&file.name), &file.bytes)?;
//! }
//! assert_eq!(verify(&folder)?.faults, Vec::<String>::new());
//!
//! // A changed byte is found.
//! std::fs::write(folder.join("golden.csv"), "changed")?;
//! assert!(!verify(&folder)?.faults.is_empty());
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bounded;
mod card;
mod contract;
mod drift;
mod error;
mod feature_code;
mod features;
#[cfg(test)]
mod fixtures;
mod format;
mod formats;
mod golden;
mod live_fills;
mod onnx;
mod registry;
#[cfg(test)]
mod tests;
mod trade;
mod verify;

pub use card::Card;
pub use contract::{
    CONTRACT_SCHEMA, CONTRACT_VERSION, DecisionClock, DecisionRule, DepartsFrom, Expected, Figure, ModelContract,
    RunFacts, TrainingSpan, TypicalTrade, WhenOutOfRange,
};
pub use drift::FeatureDrift;
pub use error::ExportError;
pub use feature_code::{CODED_FEATURES, FeatureCode, feature_code};
pub use features::{FeatureInput, FeatureOwner, TrainingRange, feature_inputs};
pub use format::{Export, ExportFile, Format};
pub use golden::{
    GOLDEN_ROWS, GoldenRow, ModelAnswer, ObservedRow, answers, golden_columns, golden_csv, golden_rows, observed_rows,
    read_golden,
};
pub use live_fills::{ComparedLeg, Finding, compare_fills};
pub use onnx::{OPSET, TREE_OPSET, metadata as onnx_metadata};
pub use registry::{FORMATS, digest, export_files, formats_named, formats_of_runs};
pub use trade::{NumberInput, trade_inputs, trade_row};
pub use verify::{HOLD_VALUE_TOLERANCE, ModelFolder, Verified, exported_model, read_contract, verify};
