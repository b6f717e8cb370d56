//! Taking a position off: orders, fills, the ledger, exit policies and the objective they are judged by.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod bar_walk;
mod book;
mod config;
mod costs;
mod entry_bar;
mod error;
mod fill_job;
mod fraction;
mod impact;
mod inputs;
mod intrabar;
mod ledger;
mod lot_report;
mod lots;
mod market_view;
mod matching;
mod objective;
mod observer;
mod oracle;
mod orders;
mod outcome;
mod permute;
mod policy;
mod position;
mod prepared;
mod replay;
mod replay_all;
mod running_trade;
mod sizing;
mod slippage;
mod unit_path;
mod walk;

pub mod explain;
pub mod policies;

pub use book::{Book, BookConfig, BookEntry, Missed, MissedReason, ShortMargin, Taken, run_book};
pub use config::{EntryLiquidity, EntryPrice, ReplayConfig};
pub use error::ExitError;
pub use fill_job::{FillJob, JobFill, JobFills, JobTrade, run_fill_job};
pub use fraction::Fraction;
pub use impact::Impact;
pub use inputs::InputHistory;
pub use intrabar::{EntryBarRule, IntrabarRule, LimitFill};
pub use ledger::{Booking, Ledger};
pub use lot_report::{LotReport, lot_report};
pub use lots::{LotGrid, LotPlan, Merge, plan_lots};
pub use market_view::{Market, locate_entry};
pub use matching::{ClosedLot, Execution, Matching, match_lots};
pub use objective::{Objective, Utility};
pub use oracle::oracle;
pub use orders::{ExitOrders, LimitOrder};
pub use outcome::{ExitReason, Leg, Money, TradeOutcome};
pub use permute::permuted_schedules;
pub use policy::{Decision, ExitPolicy};
pub use position::Position;
pub use replay::replay;
pub use replay_all::{PlacedEntry, replay_all};
pub use slippage::Slippage;
pub use unit_path::{TradeTerms, UnitPath, trade_terms, unit_path};

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod candle_tables;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod replay_tests;
#[cfg(test)]
mod test_market;
