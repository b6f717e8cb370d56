//! The registry of lists of trades. The first whose `recognise` accepts a file reads it.

use super::trade_list::TradeList;
use super::{backtesting, executions, freqtrade, ib_activity, ib_flex, metatrader5, trades, tradingview, vectorbt};

/// Every format, the stricter ones first.
pub(super) const FORMATS: [&dyn TradeList; 9] = [
    &freqtrade::Freqtrade,
    &backtesting::Backtesting,
    &vectorbt::Vectorbt,
    &tradingview::TradingView,
    &metatrader5::MetaTrader5,
    &ib_activity::IbActivity,
    &ib_flex::IbFlex,
    &trades::Trades,
    &executions::Executions,
];
