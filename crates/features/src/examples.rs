//! One feature over a market short enough to write by hand: for the examples of this documentation, and for checking
//! a definition in one's own numbers.
//!
//! Bars last a minute from 1970-01-01 on; what is not said is 1 (quantities) or 0 (volume of quotes).

use scaleout_market::{Aggressor, Bar, BarSeries, BookSnapshot, Column, Level, MarketHistory, Quote, Timestamp, Trade};

use crate::{FeatureError, FeatureSet};

/// The values of `spec` over bars that stand still at each of `closes`, with volume 1.
///
/// # Errors
/// If the spec is not accepted.
pub fn closes(spec: &str, closes: &[f64]) -> Result<Vec<Option<f64>>, FeatureError> {
    bars(spec, &closes.iter().map(|&close| [close, close, close, close, 1.0]).collect::<Vec<_>>())
}

/// The values of `spec` over bars given as open, high, low, close and volume.
///
/// # Errors
/// If the spec is not accepted.
pub fn bars(spec: &str, bars: &[[f64; 5]]) -> Result<Vec<Option<f64>>, FeatureError> {
    values(spec, &MarketHistory::from_series(series(bars, vec![])))
}

/// The values of `spec` over bars that stand still at each of `closes`, beside a column `other`.
///
/// # Errors
/// If the spec is not accepted.
pub fn beside(spec: &str, closes: &[f64], other: &[Option<f64>]) -> Result<Vec<Option<f64>>, FeatureError> {
    let rows: Vec<[f64; 5]> = closes.iter().map(|&close| [close, close, close, close, 1.0]).collect();
    let column = Column { name: "other".to_owned(), values: other.to_vec() };
    values(spec, &MarketHistory::from_series(series(&rows, vec![column])))
}

/// The values of `spec` over bars of a minute that stand still at each of `closes`, beside a column `other` of values
/// with the seconds at which they were published; the first bar closes at 60 seconds.
///
/// # Errors
/// If the spec is not accepted.
pub fn published(spec: &str, closes: &[f64], other: &[Option<(f64, f64)>]) -> Result<Vec<Option<f64>>, FeatureError> {
    let rows: Vec<[f64; 5]> = closes.iter().map(|&close| [close, close, close, close, 1.0]).collect();
    let column =
        |name, pick: fn((f64, f64)) -> f64| Column { name, values: other.iter().map(|it| it.map(pick)).collect() };
    let columns = vec![column("other".to_owned(), |it| it.0), column(Column::published("other"), |it| it.1)];
    values(spec, &MarketHistory::from_series(series(&rows, columns)))
}

/// The values of `spec` over bars made of trades, each given as price and signed quantity (negative: the seller
/// crossed), ten seconds apart.
///
/// # Errors
/// If the spec is not accepted.
pub fn trades(spec: &str, bars: &[&[(f64, f64)]]) -> Result<Vec<Option<f64>>, FeatureError> {
    let mut history = MarketHistory::default();
    let mut rows = Vec::new();
    let mut last = 0.0;
    for (t, bar) in bars.iter().enumerate() {
        let prices = || bar.iter().map(|(price, _)| *price);
        let open = bar.first().map_or(last, |(price, _)| *price);
        last = bar.last().map_or(last, |(price, _)| *price);
        let volume = bar.iter().map(|(_, qty)| qty.abs()).sum();
        rows.push([open, prices().fold(open, f64::max), prices().fold(open, f64::min), last, volume]);
        for (place, (price, qty)) in bar.iter().enumerate() {
            history.trades.push(Trade {
                ts: Timestamp::from_secs(60 * t as i64 + 10 * place as i64),
                price: *price,
                qty: qty.abs(),
                aggressor: Some(if *qty < 0.0 { Aggressor::Sell } else { Aggressor::Buy }),
            });
        }
        history.trade_ends.push(history.trades.len());
    }
    history.series = series(&rows, vec![]);
    values(spec, &history)
}

/// The values of `spec` over bars that hold one quote each, given as bid, bid quantity, ask and ask quantity.
///
/// # Errors
/// If the spec is not accepted.
pub fn quotes(spec: &str, quotes: &[[f64; 4]]) -> Result<Vec<Option<f64>>, FeatureError> {
    let mut history = MarketHistory::default();
    let mut rows = Vec::new();
    for (t, &[bid, bid_qty, ask, ask_qty]) in quotes.iter().enumerate() {
        let quote = Quote { ts: Timestamp::from_secs(60 * t as i64), bid, bid_qty, ask, ask_qty };
        rows.push([quote.mid(), quote.mid(), quote.mid(), quote.mid(), 0.0]);
        history.quotes.push(quote);
        history.quote_ends.push(history.quotes.len());
    }
    history.series = series(&rows, vec![]);
    values(spec, &history)
}

/// Something that happens inside a bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tick {
    /// Bid, bid quantity, ask and ask quantity.
    Quote(f64, f64, f64, f64),
    /// Price and signed quantity (negative: the seller crossed).
    Trade(f64, f64),
}

/// The values of `spec` over bars made of quotes and trades, one second apart; prices of the bars are of no account.
///
/// # Errors
/// If the spec is not accepted.
pub fn ticks(spec: &str, bars: &[&[Tick]]) -> Result<Vec<Option<f64>>, FeatureError> {
    let mut history = MarketHistory::default();
    for (t, bar) in bars.iter().enumerate() {
        for (place, tick) in bar.iter().enumerate() {
            let ts = Timestamp::from_secs(60 * t as i64 + place as i64);
            match *tick {
                Tick::Quote(bid, bid_qty, ask, ask_qty) => {
                    history.quotes.push(Quote { ts, bid, bid_qty, ask, ask_qty });
                }
                Tick::Trade(price, qty) => {
                    let aggressor = Some(if qty < 0.0 { Aggressor::Sell } else { Aggressor::Buy });
                    history.trades.push(Trade { ts, price, qty: qty.abs(), aggressor });
                }
            }
        }
        history.trade_ends.push(history.trades.len());
        history.quote_ends.push(history.quotes.len());
    }
    history.series = series(&vec![[1.0, 1.0, 1.0, 1.0, 0.0]; bars.len()], vec![]);
    values(spec, &history)
}

/// The two sides of an order book as (price, quantity), best level first: bids, then asks.
pub type Book<'a> = (&'a [(f64, f64)], &'a [(f64, f64)]);

/// The values of `spec` over bars that hold one order book each.
///
/// # Errors
/// If the spec is not accepted.
pub fn books(spec: &str, books: &[Book<'_>]) -> Result<Vec<Option<f64>>, FeatureError> {
    let levels =
        |side: &[(f64, f64)]| -> Vec<Level> { side.iter().map(|&(price, qty)| Level { price, qty }).collect() };
    let mut history = MarketHistory::default();
    let mut rows = Vec::new();
    for (t, (bids, asks)) in books.iter().enumerate() {
        let mid = match (bids.first(), asks.first()) {
            (Some((bid, _)), Some((ask, _))) => 0.5 * (bid + ask),
            (Some((price, _)), None) | (None, Some((price, _))) => *price,
            (None, None) => 0.0,
        };
        rows.push([mid, mid, mid, mid, 0.0]);
        let ts = Timestamp::from_secs(60 * t as i64);
        history.books.push(BookSnapshot { ts, bids: levels(bids), asks: levels(asks) });
        history.book_ends.push(history.books.len());
    }
    history.series = series(&rows, vec![]);
    values(spec, &history)
}

fn values(spec: &str, history: &MarketHistory) -> Result<Vec<Option<f64>>, FeatureError> {
    let table = FeatureSet::parse(&[spec])?.table(&history.series.column_names(), history.events())?;
    Ok((0..table.len()).map(|t| table.row(t)[0]).collect())
}

fn series(bars: &[[f64; 5]], columns: Vec<Column>) -> BarSeries {
    let bars = bars
        .iter()
        .enumerate()
        .map(|(t, &[open, high, low, close, volume])| Bar {
            open_ts: Timestamp::from_secs(60 * t as i64),
            ts: Timestamp::from_secs(60 * (t as i64 + 1)),
            open,
            high,
            low,
            close,
            volume,
        })
        .collect();
    BarSeries::new(bars, columns).expect("Invariant: minute after minute, one column of equal length")
}
