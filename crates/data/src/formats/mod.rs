//! Exports of bars from other programs and vendors: one file each, and one line in `registry.rs`.
//!
//! What was told of a file is stated as facts, each with how it is known, and printed; the config or the command line
//! can say otherwise.

mod binance_klines;
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
mod tradingview;
mod yahoo;

pub use detect::Detected;
pub use shape::Fact;
pub use table_format::TableFormat;

pub(crate) use detect::detect;
pub(crate) use shape::{Clock, Header, Shape, Text};
