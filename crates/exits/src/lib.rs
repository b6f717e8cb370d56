//! Taking a position off: orders, fills, costs, the ledger, exit policies and the objective J that judges them.
//!
//! R is the profit of a trade divided by the risk at entry. J is the mean profit in R minus a penalty for risk
//! ([`Objective`]).
//!
//! How a value flows:
//! 1. [`Market`] is a history of bars (and ticks) with an instrument. [`locate_entry`] finds the bar in which an entry
//!    fills.
//! 2. At every close [`replay`] shows a [`Decision`] to an [`ExitPolicy`], which answers with [`ExitOrders`]: a market
//!    part, limits and stops. Policies are pure functions. [`policies`] has the rules that traders use.
//! 3. The orders work during the next bar under the assumptions of [`ReplayConfig`]. Each fill becomes a [`Leg`] and is
//!    booked in an integer [`Ledger`].
//! 4. [`TradeOutcome`] holds the legs, the net result in money and in R, and J. [`replay_all`] replays many entries.
//! 5. [`unit_path`] gives the gain of one unit bar by bar, with the same fills and costs. Models are trained on it.
//!
//! ```
//! use scaleout_exits::policies::PolicyConfig;
//! use scaleout_exits::{ExitReason, Market, Objective, ReplayConfig, locate_entry, replay};
//! use scaleout_features::FeatureTable;
//! use scaleout_market::{Bar, BarSeries, Entry, Instrument, MarketHistory, Timestamp};
//!
//! // A long at 100 with the stop at 98, so 1 R is 2 points. The price rises by a point a bar.
//! let bars = (0..8).map(|minute: i32| {
//!     let open = 99.0 + f64::from(minute);
//!     let ts = |minute: i32| Timestamp::from_secs(60 * i64::from(minute));
//!     Bar { open_ts: ts(minute), ts: ts(minute + 1), open, high: open + 1.0, low: open, close: open + 1.0, volume: 1.0 }
//! });
//! let history = MarketHistory::from_series(BarSeries::new(bars.collect(), vec![])?);
//! let entry: Entry = toml::from_str(
//!     "id = 'a'\nsymbol = 'X'\nts = 60000000000\nside = 'long'\nprice = 100.0\nrisk = 2.0\nstop = 98.0\nqty = 4.0\ntags = []",
//! )?;
//!
//! // Half is sold at 1 R, and the rest at the horizon: the open of the fifth bar after that of the fill, at 105.
//! let ladder: PolicyConfig = toml::from_str("kind = 'ladder'\nrungs = [{ level = 1.0, fraction = 0.5 }]")?;
//! let config = ReplayConfig { horizon_bars: 5, ..ReplayConfig::default() };
//! let market = Market { history: &history, instrument: &Instrument::frictionless("X", "USD") };
//! let first_bar = locate_entry(&entry, &history.series).ok_or("the entry is after the last bar")?;
//! let no_features = FeatureTable::new(vec![], vec![]);
//! let objective = Objective::mean_variance(0.0);
//! let outcome = replay(&entry, first_bar, market, &no_features, ladder.build().as_ref(), &objective, &config)?;
//!
//! let sold: Vec<(ExitReason, f64)> = outcome.legs.iter().map(|leg| (leg.reason, leg.price)).collect();
//! assert_eq!(sold, [(ExitReason::Limit, 102.0), (ExitReason::Horizon, 105.0)]);
//! // ½ · 1 R + ½ · 2.5 R. Without risk aversion J is the same.
//! assert_eq!((outcome.net_r, outcome.objective), (1.75, 1.75));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a fill assumes
//!
//! Bars do not show everything that happened. Each choice below is a field of [`ReplayConfig`], or of the type that is
//! named. *Errs* says in whose favour the default is wrong: against the trader, or for the trader (optimistic). The last
//! column names a case of `candles/` in which another choice gives another result. An unknown order of events is decided
//! against the trader. A cost or a bound that is not set is none, which is optimistic, so set them.
//!
//! | choice | default | errs | table: case |
//! |---|---|---|---|
//! | `intrabar` | `stop-first` | against | rules: `stop-first: both inside the bar`, `target-first: both inside the bar` |
//! | `flat_at` | held over night | neither way: the gap is in the bars | fills: `flat for the day where the bars pause: at the last close, not after the gap` |
//! | `late` | refused | neither way: it is left out for all | fills: `an entry after the hour that may wait is held to the next day` |
//! | `flat_before_pause_hours` | held over pauses | neither way: the gap is in the bars | fills: `flat before a pause of the given length` |
//! | `flat_before` | held over events | neither way: the gap is in the bars | fills: `flat before an event, at the last close before it` |
//! | `liquidation` | no leverage | for, where the position is leveraged | stops: `a leveraged long is liquidated before its stop` |
//! | `fills` | no tool's | as the tool | `docs/fill-profiles.md` has what each profile sets |
//! | `limit_fill` | `trade-through` | against | fills: `trade-through without ticks: a touch does not`, `the limit is touched` |
//! | `entry_bar` | `conservative` | against | entry-bar: `conservative: the winning extreme does not`, `whole-bar: both extremes count` |
//! | `entry_liquidity` | `taker` | against | costs: `a maker's rate on a limit`, `a maker's entry` |
//! | `entry_price` | `fill` | for, if the price is the market's | costs: `sold at the fill of an entry at the market's price: it loses its half beside its price` |
//! | `lot_matching` of positions with adds | `fifo` | neither way: the sum of the legs is the same | adds: `first in, first out`, `last in, first out`, `average price` |
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
//! Two rules are fixed. If the market opens beyond an order, the order fills at that open: a stop at a worse price (fills:
//! `the stop is gone through by a gap`), a limit at a better one (fills: `the limit is gone through by a gap`). A market
//! part fills at the next open (fills: `a market part fills at the next open, not at the close`).
//!
//! `docs/fills.md` lists all rules of fills, so that a second simulator can be written from it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod adds;
mod as_traded;
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
mod fill_profile;
mod flat_before;
mod fraction;
mod impact;
mod in_flight;
mod inputs;
mod intrabar;
mod last_stop;
mod ledger;
mod liquidation;
mod lot_report;
mod lots;
mod market_view;
mod matching;
mod money_text;
mod noted_keys;
mod objective;
mod observer;
mod oracle;
mod orders;
mod outcome;
mod past_sale;
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

pub use adds::check_adds;
pub use as_traded::AsTraded;
pub use book::{Book, BookConfig, BookEntry, Missed, MissedReason, ShortMargin, SizedBy, Taken, run_book};
pub use config::{EntryLiquidity, EntryPrice, LateEntry, ReplayConfig};
pub use entry_bar::seen as seen_bar;
pub use entry_range::EntryRange;
pub use error::ExitError;
pub use fill_job::{FillJob, JobAdd, JobFill, JobFills, JobTrade, run_fill_job};
pub use fill_profile::{FillAssumptions, FillProfile};
pub use flat_before::{CalendarEvent, FlatBefore};
pub use fraction::Fraction;
pub use impact::Impact;
pub use inputs::InputHistory;
pub use intrabar::{EntryBarRule, IntrabarRule, LimitFill};
pub use ledger::{Booking, Ledger};
pub use liquidation::Liquidation;
pub use lot_report::{LotReport, lot_report};
pub use lots::{LotGrid, LotPlan, Merge, plan_lots};
pub use market_view::{Market, locate_entry};
pub use matching::{ClosedLot, Execution, Matching, match_lots};
pub use objective::{Objective, ObjectiveUnit, Utility};
pub use oracle::{PaidHindsight, oracle};
pub use orders::{ExitOrders, LimitOrder, StopOrder, TrailBy, TrailOrder};
pub use outcome::{AddFill, ExitReason, FillCause, Leg, Money, TradeOutcome};
pub use past_sale::PastSale;
pub use permute::permuted_schedules;
pub use policy::{Alternative, Decision, ExitPolicy, OnBest, Stands};
pub use position::Position;
pub use replay::replay;
pub use replay_all::{EntryOnMarket, PlacedEntry, replay_all, replay_each};
pub use slippage::Slippage;
pub use statement::{StatementFill, StatementLot, lot_statement};
pub use terms::terms_at_fill;
pub use trade_terms::TradeTerms;
pub use unit_path::{UnitPath, trade_terms, unit_path};

#[cfg(test)]
mod adds_tests;
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
