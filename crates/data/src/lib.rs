//! Files to words and back: bars, trades, quotes and entries from a user's tables and from vendors' files, bars made
//! of trades, datasets with their metadata, tables on disk. The only crate that names polars.
//!
//! How a value flows:
//!
//! ```text
//! path ──input──▶ bytes, hashed while they are read ──table──▶ batches of typed columns
//!        limits, pipes and devices, changes               text record by record, Parquet group by group
//!
//! batches ──rows──▶ words of `market`, each checked ──sources──▶ history ──load──▶ LoadedMarket
//!           the first bad row is named, or counted      bars made of trades, joins, finer bars
//! ```
//!
//! A config's `[data]` is a [`DataConfig`]; [`load`] gives the history, what was noticed on the way, and the digest of
//! every file. A tape that does not fit into memory is read by [`trade_batches`] and folded into bars by a
//! [`BarBuilder`]. [`import`] makes a dataset of a file. Where history can come from is one trait (`source`) and one
//! registry line a format (`vendors`). [`import_trades`] makes entries of a list of trades (`trade_lists`). How much is taken of anything is the table of [`Limit`].
//!
//! Nothing is silently dropped, clamped or filled: a row that cannot be used is refused with path, row, column and
//! value, or counted where the user chose `on_bad_rows = "skip"`.
//!
//! ```
//! # let folder = std::env::temp_dir().join(format!("scaleout-data-page-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! std::fs::write(folder.join("mine.csv"), "time,price,size\n1704067201,10,2\n1704067230,12,1\n1704067265,11,1\n")?;
//! let config: scaleout_data::DataConfig = toml::from_str(
//!     r#"
//!     path = "mine.csv"
//!     content = "trades"
//!     bars = { time = "1m" }
//!     instrument = { symbol = "X", currency = "USD" }
//!     "#,
//! )?;
//! let market = scaleout_data::load(&config, &folder)?;
//! let bar = market.history.series.bars()[0];
//! assert_eq!((bar.open, bar.high, bar.close, bar.volume), (10.0, 12.0, 12.0, 3.0));
//! assert_eq!(bar.ts.to_string(), "2024-01-01T00:01:00Z");
//! assert_eq!(market.report.trades_after_last_bar, 1, "the last bar is not complete");
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adds;
mod adjust;
mod bad_rows;
mod bar_builder;
mod bars;
mod cell;
mod columns;
mod config;
mod content;
mod entries;
mod error;
mod exits;
pub mod faults;
mod fills_of_entries;
mod finer;
mod format;
mod formats;
mod history;
mod imbalance;
mod import;
mod input;
mod join;
mod length;
mod load;
mod load_report;
mod markets;
mod metadata;
mod quotes;
mod rows;
mod sides;
mod source;
mod sources;
mod table;
mod ticks;
mod time;
mod trade_lists;
mod trades;
mod vendors;
mod writer;

#[cfg(test)]
mod arrow_tables;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod good_input;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod scratch;
#[cfg(test)]
mod tick_exports;
#[cfg(test)]
mod vendor_files;

pub use adds::{AddRow, AddRows, read_adds_csv};
pub use adjust::AdjustConfig;
pub use bad_rows::{OnBadRows, SkippedRows};
pub use bar_builder::{BarBuilder, BarSpec, bars_from_trades};
pub use cell::{Cell, cell_of};
pub use columns::Columns;
pub use config::{DataConfig, RowsOf};
pub use content::Content;
pub use entries::{entry_row, read_entries_csv};
pub use error::{DataError, printable, shown, shown_path};
pub use exits::{MadeExits, read_exits_csv};
pub use finer::FinerConfig;
pub use format::FileFormat;
pub use formats::{Detected, Fact, TableFormat, content_of};
pub use import::{ImportMarkets, ImportReport, ImportRequest, import};
pub use input::{FileDigest, Limit, files_of_pattern, read_bytes, read_text, sha256_of, sha256_of_file};
pub use join::JoinConfig;
pub use length::Length;
pub use load::{LoadedMarket, load};
pub use load_report::LoadReport;
pub use markets::{MarketRead, MarketsConfig, UniverseConfig, load_markets};
pub use metadata::{ColumnMeaning, Licence, Metadata, Source};
pub use quotes::{QuoteColumns, QuoteConfig};
pub use rows::RowConfig;
pub use sides::{LeeReady, QuotePlace, QuotePlaces, SideRule, TickRule, sides_by_tick_rule};
pub use sources::{DataSource, DatasetSource, EMBEDDED, EmbeddedSource, FilesSource};
pub use time::{BarTime, TimeConfig, TimeUnit};
pub use trade_lists::{Adds, OneR, TradeListFormat, TradeListReport, TradeListRequest, import_trades};
pub use trades::{TradeBatches, trade_batches};
pub use vendors::{BinanceConfig, Day, LeanConfig, LobsterConfig, Resolution, Security, Session, Vendor};
pub use writer::{TableColumn, TableWriter, Values, csv_table, write_atomically, write_table};
