//! The registry of exports. The first format whose `recognise` accepts a file reads it, the stricter ones first.

use super::shape::ExportFormat;
use super::{
    binance_book_ticker, binance_klines, binance_trades, bitmex, bybit, coinbase, freqtrade, jesse, kraken, lean,
    metatrader5, stooq, tardis, tradingview, yahoo,
};
use crate::content::Content;

/// Formats of bars.
const BARS: [&dyn ExportFormat; 10] = [
    &binance_klines::BinanceKlines,
    &metatrader5::MetaTrader5,
    &stooq::Stooq,
    &yahoo::Yahoo,
    &tradingview::TradingView,
    &lean::Lean,
    &kraken::Kraken,
    &freqtrade::Freqtrade,
    &jesse::Jesse,
    &coinbase::Coinbase,
];

/// Formats of trades.
const TRADES: [&dyn ExportFormat; 5] = [
    &binance_trades::BinanceAggregateTrades,
    &binance_trades::BinanceTrades,
    &bitmex::Bitmex,
    &bybit::Bybit,
    &tardis::TardisTrades,
];

/// Formats of best bids and offers.
const QUOTES: [&dyn ExportFormat; 2] = [&binance_book_ticker::BinanceBookTicker, &tardis::TardisQuotes];

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    Bars,
    Trades,
    Quotes,
}

impl Rows {
    pub(crate) const ALL: [Self; 3] = [Self::Bars, Self::Trades, Self::Quotes];

    /// The formats that have such rows.
    pub(crate) fn formats(self) -> &'static [&'static dyn ExportFormat] {
        match self {
            Self::Bars => &BARS,
            Self::Trades => &TRADES,
            Self::Quotes => &QUOTES,
        }
    }

    /// What they are called in messages.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Bars => "bars",
            Self::Trades => "trades",
            Self::Quotes => "quotes",
        }
    }
}

impl From<Content> for Rows {
    fn from(content: Content) -> Self {
        match content {
            Content::Bars => Self::Bars,
            Content::Trades => Self::Trades,
        }
    }
}
