//! Programs whose lists of trades are read: one file each, and one line in `registry.rs`.

mod backtesting;
mod executions;
mod freqtrade;
mod ib_activity;
mod ib_flex;
mod metatrader5;
mod recognise;
mod registry;
mod trade_list;
mod trades;
mod tradingview;
mod vectorbt;

pub use recognise::TradeListFormat;

pub(crate) use recognise::recognised;
