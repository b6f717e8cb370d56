//! Splits that do not leak: spans, purge, embargo, walk-forward and combinatorial splits, overlap weights.
//!
//! A sample is not a row but a [`Span`]: from the decision that it informs to the moment its outcome is known.
//! Everything here works on spans alone, so training and evaluation cannot disagree about what overlaps.
//! Folds are cut by time, never by the order of a list, and spans that start together stay in one fold.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod combinatorial;
mod error;
mod groups;
mod k_fold;
mod purge;
mod span;
mod uniqueness;
mod walk_forward;

pub use combinatorial::{CombinatorialConfig, CombinatorialSplits, combinatorial_purged};
pub use error::ValidationError;
pub use k_fold::purged_k_fold;
pub use purge::{Split, embargo, purge};
pub use span::Span;
pub use uniqueness::{average_concurrency, average_uniqueness, effective_count};
pub use walk_forward::{TrainingWindow, WalkForwardConfig, walk_forward};
