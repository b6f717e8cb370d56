//! The gain of one trade in R at every close, and what 1 R is in money.
//!
//! `cargo run --release -p scaleout-market --example gain_in_r`
//!
//! R is the profit divided by the risk at entry. Start here to build a market by hand.
#![allow(clippy::disallowed_macros, reason = "an example is a program of its own and prints")]

use std::error::Error;

use scaleout_market::{Bar, BarSeries, Entry, Instrument, MarketEvent, MarketHistory, Side, Timestamp};

/// A bar of a minute; `checked` refuses numbers that make no bar.
fn bar(minute: i64, open: f64, close: f64) -> Result<Bar, Box<dyn Error>> {
    let bar = Bar {
        open_ts: Timestamp::from_secs(60 * minute),
        ts: Timestamp::from_secs(60 * (minute + 1)),
        open,
        high: open.max(close),
        low: open.min(close),
        close,
        volume: 10.0,
    };
    Ok(bar.checked()?)
}

/// A short of two contracts at 5,000, which risks 4 points.
fn entry() -> Result<Entry, Box<dyn Error>> {
    let entry = Entry {
        id: "first".to_owned(),
        symbol: "ES".to_owned(),
        ts: Timestamp::from_secs(60),
        side: Side::Short,
        price: 5_000.0,
        risk: 4.0,
        stop: Some(5_004.0),
        qty: 2.0,
        tags: Vec::new(),
        adds: Vec::new(),
    };
    Ok(entry.checked()?)
}

/// The gain in R at the close of each bar after the fill.
fn gains() -> Result<Vec<(Timestamp, f64)>, Box<dyn Error>> {
    let entry = entry()?;
    let bars = vec![
        bar(0, 5_001.0, 5_000.0)?,
        bar(1, 5_000.0, 4_998.0)?,
        bar(2, 4_998.0, 5_001.0)?,
        bar(3, 5_001.0, 4_992.0)?,
    ];
    let history = MarketHistory::from_series(BarSeries::new(bars, Vec::new())?);
    // Events come in the order in which they became known: a bar's `ts` is its close.
    let closes = history.events().filter_map(|event| match event {
        MarketEvent::Bar(row) if entry.ts < row.bar.ts => Some((row.bar.ts, entry.r_at(row.bar.close))),
        _ => None,
    });
    Ok(closes.collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let instrument =
        Instrument { tick_size: 0.25, multiplier: 50.0, ..Instrument::frictionless("ES", "USD") }.checked()?;
    println!("1 R of one contract is {} {}", instrument.one_r(&entry()?), instrument.currency);
    for (ts, gain_r) in gains()? {
        println!("{ts}  {gain_r:+.2} R");
    }
    Ok(())
}

#[test]
fn a_short_gains_when_the_price_falls() -> Result<(), Box<dyn Error>> {
    main()?;
    let gains: Vec<f64> = gains()?.into_iter().map(|(_, gain_r)| gain_r).collect();
    assert_eq!(gains, [0.5, -0.25, 2.0]);
    Ok(())
}
