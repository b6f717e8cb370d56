//! Files to words and back: bars, trades and entries from CSV and Parquet, bars made of trades, datasets with their
//! metadata, tables on disk. The only crate that names polars.
//!
//! Nothing is silently dropped, clamped or filled: a row that cannot be used is refused with path, row, column and
//! value, or counted where the user chose `on_bad_rows = "skip"`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bad_rows;
mod bar_builder;
mod bars;
mod cell;
mod columns;
mod config;
mod content;
mod entries;
mod error;
mod finer;
mod format;
mod history;
mod import;
mod input;
mod join;
mod length;
mod load;
mod load_report;
mod metadata;
mod quotes;
mod rows;
mod sides;
mod source;
mod sources;
mod table;
mod ticks;
mod time;
mod trades;
mod vendors;
mod writer;

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod good_input;
#[cfg(test)]
mod scratch;
#[cfg(test)]
mod vendor_files;

pub use bad_rows::{OnBadRows, SkippedRows};
pub use bar_builder::{BarBuilder, BarSpec, bars_from_trades};
pub use cell::{Cell, cell_of};
pub use columns::Columns;
pub use config::DataConfig;
pub use content::Content;
pub use entries::{entry_row, read_entries_csv};
pub use error::{DataError, shown};
pub use finer::FinerConfig;
pub use format::FileFormat;
pub use import::{ImportReport, ImportRequest, import};
pub use input::{FileDigest, Limit, read_text, sha256_of, sha256_of_file};
pub use join::JoinConfig;
pub use length::Length;
pub use load::{LoadedMarket, load};
pub use load_report::LoadReport;
pub use metadata::{ColumnMeaning, Licence, Metadata, Source};
pub use quotes::{QuoteColumns, QuoteConfig};
pub use rows::RowConfig;
pub use sides::{LeeReady, QuotePlace, QuotePlaces, SideRule, TickRule, sides_by_tick_rule};
pub use sources::{DataSource, DatasetSource, EMBEDDED, EmbeddedSource, FilesSource};
pub use time::{BarTime, TimeConfig, TimeUnit};
pub use trades::{TradeBatches, trade_batches};
pub use vendors::{BinanceConfig, Day, LeanConfig, Resolution, Security, Session, Vendor};
pub use writer::{TableColumn, TableWriter, Values, write_atomically, write_table};
