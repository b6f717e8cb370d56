//! The registry of formats of bars. The first whose `recognise` accepts a file reads it.

use super::shape::BarFormat;
use super::{binance_klines, freqtrade, jesse, kraken, lean, metatrader5, stooq, tradingview, yahoo};

/// Every format, the stricter ones first.
pub(crate) const FORMATS: [&dyn BarFormat; 9] = [
    &binance_klines::BinanceKlines,
    &metatrader5::MetaTrader5,
    &stooq::Stooq,
    &yahoo::Yahoo,
    &tradingview::TradingView,
    &lean::Lean,
    &kraken::Kraken,
    &freqtrade::Freqtrade,
    &jesse::Jesse,
];
