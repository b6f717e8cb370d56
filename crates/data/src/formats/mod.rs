//! Exports of bars, trades and quotes from other programs and vendors: one file each, and one line in `registry.rs`.
//!
//! What was told of a file is stated as facts, each with how it is known, and printed; the config or the command line
//! can say otherwise.

mod binance_book_ticker;
mod binance_klines;
mod binance_trades;
mod bitmex;
mod bybit;
mod coinbase;
mod detect;
mod facts;
mod freqtrade;
mod jesse;
mod kraken;
mod lean;
mod metatrader5;
mod registry;
mod sample;
mod shape;
mod stooq;
mod table_format;
mod tardis;
mod tick_cells;
mod tradingview;
mod yahoo;

pub use detect::{Detected, content_of};
pub use shape::Fact;
pub use table_format::TableFormat;

pub(crate) use detect::{Found, Order, declare, detect};
pub(crate) use registry::Rows;
pub(crate) use shape::{Clock, FileSample, Header, SideWords, TableShape, Text, TickCells, commonest};
