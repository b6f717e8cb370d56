//! Model files that other tools run.
//!
//! A model folder holds the model as scaleout reads it (`model.json`), the same as an ONNX graph that ends in the decision
//! (`model.onnx`), what must hold wherever it is used (`contract.json`), and rows with the answers that every runtime must
//! give (`golden.csv`). [`verify`] says whether a folder is what it says it is.
//!
//! The decision is defined once, in f32 and one order of operations, by `scaleout_model::target_fraction`; the graph has the
//! same operations in the same order.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod card;
mod contract;
mod error;
mod feature_code;
mod features;
mod format;
mod formats;
mod golden;
mod onnx;
mod registry;
mod trade;
mod verify;

pub use card::Card;
pub use contract::{
    CONTRACT_SCHEMA, CONTRACT_VERSION, Contract, DecisionClock, DecisionRule, Expected, Figure, OutOfRange, RunFacts,
    TrainingSpan, TypicalTrade,
};
pub use error::ExportError;
pub use feature_code::{CODED_FEATURES, FeatureCode, feature_code};
pub use features::{FeatureInput, Side, TrainingRange, feature_inputs};
pub use format::{Export, ExportFile, Format};
pub use golden::{
    Answer, GOLDEN_ROWS, GoldenRow, ObservedRow, answers, golden_columns, golden_csv, golden_rows, observed_rows,
    read_golden,
};
pub use onnx::{OPSET, TREE_OPSET, metadata as onnx_metadata};
pub use registry::{FORMATS, digest, export_files, formats_named, formats_of_runs};
pub use trade::{NumberInput, trade_inputs, trade_row};
pub use verify::{HOLD_VALUE_TOLERANCE, ModelFolder, Verified, exported_model, read_contract, verify};
