//! Lists of trades that a person or a program made, as entries and the exits that were actually made.
//!
//! ```text
//! file ──ListFile──▶ lines or JSON ──formats──▶ deals ──positions──▶ trades ──one_r──▶ entries.csv, exits.csv
//! ```
//!
//! A format is one file of `formats/` and one line of its registry. It turns rows into [`Deal`]s: one fill each, signed,
//! with the position that it belongs to. Deals of a position are put in order of time; partial exits are grouped under
//! their entry. Later entries into an open position are refused unless the user asks to merge them, because their
//! average price is no fill. Positions that are still open at the end of the list are left out and counted.
//!
//! A date without a time of day stands for the start of the day, where a backtest on daily bars fills.

mod deals;
mod formats;
mod import;
mod list_file;
mod one_r;
mod positions;
mod reader;
mod write;

#[cfg(test)]
mod samples;

pub use formats::TradeListFormat;
pub use import::{TradeListReport, TradeListRequest, import_trades};
pub use one_r::OneR;
pub use positions::Adds;

pub(crate) use deals::{Deal, Effect};
pub(crate) use list_file::{Line, ListFile};
pub(crate) use reader::{Habits, ListColumn, ListReader};
