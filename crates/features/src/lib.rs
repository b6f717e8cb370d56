//! Turns market events into numbers. Each feature is one streaming state machine in one file.
//!
//! How a value flows:
//! 1. [`FeatureSpec`] parses the text of a config, for example `rsi(window=14)`, and [`definition`] finds its
//!    [`Definition`]: formula, source, unit, warm-up, parameters and laws.
//! 2. [`FeatureSet`] is a list of specs without repetitions. `preset:<name>` stands for all features of a preset.
//! 3. [`Feature`] computes one feature live. It takes the [`MarketEvent`](scaleout_market::MarketEvent)s in the order in
//!    which they became known.
//! 4. [`FeatureSet::table_of`] feeds a whole history through the same state machines and returns a [`FeatureTable`] of
//!    shape `(T, F)`. The live value and the table agree to the last bit.
//!
//! A value depends only on events so far. An undefined value is `None`, never NaN or 0. This holds during warm-up, at zero
//! volume if the definition divides by volume, and at prices ≤ 0 if the feature is relative to the price.
//!
//! To add a feature, write one file in its family's folder and add one line to the family's list. The file holds the
//! definition, the state machine, and the naive function that the contract suite compares it with. Without the naive
//! function the tests do not compile.
//!
//! ```
//! use scaleout_features::{FeatureError, FeatureSet};
//! use scaleout_market::{Bar, BarSeries, MarketHistory, Timestamp};
//!
//! // Four bars of a minute that close at 100, 102, 101 and 105.
//! let bars = [100.0, 102.0, 101.0, 105.0].iter().zip(1..).map(|(&close, minute)| Bar {
//!     open_ts: Timestamp::from_secs(60 * (minute - 1)),
//!     ts: Timestamp::from_secs(60 * minute),
//!     open: close,
//!     high: close,
//!     low: close,
//!     close,
//!     volume: 1.0,
//! });
//! let history = MarketHistory::from_series(BarSeries::new(bars.collect(), vec![])?);
//!
//! // The rate of change over two bars: 101 / 100 − 1 and 105 / 102 − 1, undefined before.
//! let table = FeatureSet::parse(&["rate_of_change(window=2)"])?.table_of(&history)?;
//! assert_eq!(table.len(), 4);
//! let change: Vec<Option<f64>> = table.column(0).collect();
//! assert_eq!(change[..2], [None, None]);
//! let expected = [101.0 / 100.0 - 1.0, 105.0 / 102.0 - 1.0];
//! assert!(change[2..].iter().zip(expected).all(|(found, expected)| (found.unwrap() - expected).abs() < 1e-12));
//!
//! // An unknown name is an error that lists what exists.
//! assert!(matches!(FeatureSet::parse(&["rate_of_chance"]), Err(FeatureError::UnknownFeature { .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bar_columns;
mod bulk_volume;
mod calendar;
mod columns;
mod cross_market;
mod definition;
pub mod docs;
mod error;
pub mod examples;
mod feature;
mod machine;
mod mirror;
mod momentum;
mod needs;
mod order_flow;
mod parameters;
pub mod position;
mod presets;
pub mod quality;
mod registry;
mod returns;
mod rolling;
mod set;
mod spec;
mod table;
mod volatility;
mod window;

#[cfg(test)]
mod contract;

pub use bar_columns::{BarColumns, FurtherColumns};
pub use columns::FeatureColumns;
pub use definition::{Definition, FeatureFamily, Laws, Shift, WarmUp};
pub use error::FeatureError;
pub use feature::Feature;
pub use mirror::Mirror;
pub use needs::Needs;
pub use parameters::{Parameter, Parameters};
pub use registry::{definition, definitions};
pub use set::{FeatureRow, FeatureSet, TableFold};
pub use spec::{FeatureSpec, SpecError};
pub use table::FeatureTable;
pub use window::Window;
