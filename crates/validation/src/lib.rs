//! Train and test splits without leaks: spans, purge, embargo, walk-forward and combinatorial splits, overlap weights.
//!
//! How a value flows:
//! 1. A sample is a [`Span`]: from the decision to the moment its outcome is known. [`Span::of_trade`] is the span of a
//!    trade.
//! 2. [`walk_forward`], [`purged_k_fold`] and [`combinatorial_purged`] cut the spans into folds, by time and never by the
//!    order of a list. Spans that start at the same time stay in one fold.
//! 3. Each fold is a [`Split`]: indices to train on and to test on. Training spans that overlap a test span are dropped
//!    ([`purge`]), and so are those within the [`embargo`]. Both are counted.
//! 4. [`average_uniqueness`] gives the weights of overlapping spans, and [`effective_count`] the number of independent
//!    ones.
//!
//! Everything here works on spans alone. It knows no prices and no models, so training and evaluation cannot disagree
//! about what overlaps.
//!
//! ```
//! use scaleout_market::Timestamp;
//! use scaleout_validation::{Span, WalkForwardConfig, effective_count, walk_forward};
//!
//! // Ten trades, one a day, each held for a day and a half: each overlaps the next.
//! let hour = |hours: i64| Timestamp::from_secs(3_600 * hours);
//! let spans: Vec<Span> = (0..10).map(|day| Span::of_trade(hour(24 * day), hour(24 * day + 36))).collect();
//!
//! // The first block to test starts after 40 % of the trades. Trade 3 ends inside it, so it is not trained on.
//! let config = WalkForwardConfig { folds: 3, first_train_share: 0.4, ..WalkForwardConfig::default() };
//! let splits = walk_forward(&spans, &config)?;
//! assert_eq!((&splits[0].train[..], &splits[0].test[..], splits[0].purged), (&[0, 1, 2][..], &[4, 5][..], 1));
//!
//! // The trades cover 252 hours, so they are worth 252 / 36 = 7 trades that do not overlap.
//! assert!((effective_count(&spans) - 7.0).abs() < 1e-12);
//! # Ok::<(), scaleout_validation::ValidationError>(())
//! ```
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
