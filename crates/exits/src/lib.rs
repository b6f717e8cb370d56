//! Taking a position off: orders, fills, the ledger, exit policies and the objective they are judged by.
//!
//! # What a fill assumes
//!
//! Bars do not say everything. Each choice below is a field of [`ReplayConfig`] (or of what is named); *errs* says whom
//! its default favours where it is wrong; the last column names a case of `candles/` in which another choice gives
//! another result. What comes first is decided against the trader; a cost or a bound that nobody states is none, which
//! errs for the trader, so state them.
//!
//! | choice | default | errs | table: case |
//! |---|---|---|---|
//! | `intrabar` | `stop-first` | against | rules: `stop-first: both inside the bar`, `target-first: both inside the bar` |
//! | `flat_at` | held over night | neither way: the gap is in the bars | fills: `flat for the day where the bars pause: at the last close, not after the gap` |
//! | `late` | refused | neither way: it is left out for all | fills: `an entry after the hour that may wait is held to the next day` |
//! | `flat_before_pause_hours` | held over pauses | neither way: the gap is in the bars | fills: `flat before a pause of the given length` |
//! | `limit_fill` | `trade-through` | against | fills: `trade-through without ticks: a touch does not`, `the limit is touched` |
//! | `entry_bar` | `conservative` | against | entry-bar: `conservative: the winning extreme does not`, `whole-bar: both extremes count` |
//! | `entry_liquidity` | `taker` | against | costs: `a maker's rate on a limit`, `a maker's entry` |
//! | `entry_price` | `fill` | for, if the price is the market's | costs: `sold at the fill of an entry at the market's price: it loses its half beside its price` |
//! | `holding_cost_r` | 0 | for | costs: `holding costs R for every bar held` |
//! | `slippage` | none | for | costs: `slippage in ticks` |
//! | `stop_slippage` | as `slippage` | for, where stops slip more | costs: `slippage in ticks of stops alone` |
//! | `impact` | none | for | costs: `square-root impact` |
//! | `cost_multiplier` | 1 | neither way | costs: `costs twice as high` |
//! | `max_fraction_per_bar` | no bound | for | limits-on-size: `at most half a position in one bar: the second limit waits` |
//! | `max_tranches_per_bar` | no bound | for | limits-on-size: `one tranche a bar: of two limits the nearest` |
//! | `min_bars_between_sales` | 0 | for | limits-on-size: `three bars from sale to sale` |
//! | `volume_share` | no bound | for | limits-on-size: `a tenth of the volume: a limit fills in part and rests on` |
//! | `latency_bars` | 0 | for | limits-on-size: `one bar late: the limit is not there in the first bar` |
//! | `latency_ms` | 0 | for | limits-on-size: `milliseconds late: the market part fills at the first trade after` |
//! | [`policies::Follow`] of a trailing stop | `close` | neither way: it is the rule | stops: `trailing on closes waits for the close`, `trailing from the extreme looks at the high` |
//! | `spread_ticks` of the instrument | 0 | for | costs: `half the spread on a stop` |
//! | `fees` of the instrument | 0 | for | costs: `a taker's rate on both sides` |
//! | financing in the instrument's `carry` | 0 | for | costs: `financing of a long for a minute`, `financing runs with time and with what is held` |
//! | funding in `carry` | none | for longs where it is positive | costs: `funding is paid by a long at its date, not before` |
//! | dividends in `carry` | none | for shorts, against longs | costs: `a short pays the dividend on what it still holds over the ex-date` |
//! | `lot_step` of the instrument | any quantity | for | lots: `four rungs on two contracts: two are merged forward` |
//!
//! `docs/fills.md` has the rules one after another, so that a second simulator can be written from it.
//!
//! Not a choice: an order that the market opens beyond fills at that open, a stop for the worse (fills: `the stop is
//! gone through by a gap`) and a limit for the better (fills: `the limit is gone through by a gap`); a market part
//! fills at the next open (fills: `a market part fills at the next open, not at the close`).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod bar_walk;
mod book;
mod break_even;
mod capacity;
mod config;
mod costs;
mod entry_bar;
mod entry_range;
mod error;
mod fill_job;
mod fraction;
mod impact;
mod in_flight;
mod inputs;
mod intrabar;
mod ledger;
mod lot_report;
mod lots;
mod market_view;
mod matching;
mod money_text;
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
mod statement;
mod terms;
mod tick_grid;
mod trade_terms;
mod unit_path;
mod walk;

pub mod explain;
pub mod policies;

pub use book::{Book, BookConfig, BookEntry, Missed, MissedReason, ShortMargin, Taken, run_book};
pub use config::{EntryLiquidity, EntryPrice, LateEntry, ReplayConfig};
pub use entry_bar::seen as seen_bar;
pub use entry_range::EntryRange;
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
pub use objective::{Objective, ObjectiveUnit, Utility};
pub use oracle::oracle;
pub use orders::{ExitOrders, LimitOrder, StopOrder, TrailBy, TrailOrder};
pub use outcome::{ExitReason, FillCause, Leg, Money, TradeOutcome};
pub use permute::permuted_schedules;
pub use policy::{Alternative, Decision, ExitPolicy, OnBest, Stands};
pub use position::Position;
pub use replay::replay;
pub use replay_all::{PlacedEntry, replay_all};
pub use slippage::Slippage;
pub use statement::{StatementFill, StatementLot, lot_statement};
pub use terms::terms_at_fill;
pub use trade_terms::TradeTerms;
pub use unit_path::{UnitPath, trade_terms, unit_path};

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod candle_tables;
#[cfg(test)]
mod exactness_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod replay_tests;
#[cfg(test)]
mod stop_tests;
#[cfg(test)]
mod test_market;
