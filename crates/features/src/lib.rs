//! Events → numbers. Each feature is one streaming state machine in one file; the table is a fold of it.
//!
//! Adding a feature is one file under its family's folder and one line in the family's list. The file holds the
//! definition (what it says, formula, source, unit, warm-up, parameters, laws), the state machine, and the naive
//! function that the contract suite compares it with; without the naive function the tests do not compile.
//!
//! A value is a function of the events so far. Undefined is `None`, never NaN or 0: warm-up, zero volume where the
//! definition divides by it, prices ≤ 0 where it is relative to the price.
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
pub use definition::{Definition, Family, Laws, Shift, WarmUp};
pub use error::FeatureError;
pub use feature::Feature;
pub use needs::Needs;
pub use parameters::{Parameter, Parameters};
pub use registry::{definition, definitions};
pub use set::{FeatureRow, FeatureSet, TableFold};
pub use spec::{FeatureSpec, SpecError};
pub use table::FeatureTable;
pub use window::Window;
