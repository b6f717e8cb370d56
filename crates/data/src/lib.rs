//! Files to words and back: bars, trades and entries from CSV and Parquet, bars made of trades, datasets with their
//! metadata, tables on disk. The only crate that names polars.
//!
//! Nothing is silently dropped, clamped or filled: a row that cannot be used is refused with path, row, column and
//! value, or counted where the user chose `on_bad_rows = "skip"`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bad_rows;
mod bar_builder;
mod bars;
mod binance;
mod cell;
mod columns;
mod config;
mod digest;
mod embedded;
mod entries;
mod error;
mod finer;
mod format;
mod history;
mod import;
mod join;
mod lean;
mod length;
mod load;
mod metadata;
mod origin;
mod quotes;
mod rows;
mod sides;
mod table;
mod ticks;
mod time;
mod trades;
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
pub use binance::BinanceConfig;
pub use cell::{Cell, cell_of};
pub use columns::Columns;
pub use config::{Content, DataConfig, DataSource, JoinConfig};
pub use digest::{sha256_of, sha256_of_file};
pub use embedded::EMBEDDED;
pub use entries::read_entries_csv;
pub use error::DataError;
pub use finer::FinerConfig;
pub use format::FileFormat;
pub use history::QuotePlaces;
pub use import::{ImportReport, ImportRequest, import};
pub use lean::{Day, LeanConfig, Resolution, Security, Session};
pub use length::Length;
pub use load::{FileDigest, LoadReport, LoadedMarket, load};
pub use metadata::{ColumnMeaning, Licence, Metadata, Source};
pub use quotes::{QuoteColumns, QuoteConfig};
pub use rows::RowConfig;
pub use sides::{LeeReady, QuotePlace, SideRule, TickRule, sides_by_tick_rule};
pub use time::{BarTime, TimeConfig, TimeUnit};
pub use trades::{TradeBatches, trade_batches};
pub use writer::{TableColumn, TableWriter, Values, write_atomically, write_table};
