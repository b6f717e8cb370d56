//! A table of features over a random walk, and the same features live.
//!
//! `cargo run --release -p scaleout-features --example feature_table`
//!
//! Start here to compute features in your own program. `scaleout features --docs` prints every feature with its formula.
#![allow(clippy::disallowed_macros, reason = "an example is a program of its own and prints")]

use std::error::Error;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_features::FeatureSet;
use scaleout_market::{Bar, BarSeries, MarketHistory, Timestamp};

/// A random walk in bars of a minute.
fn random_walk(bars: i64) -> Result<MarketHistory, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut close = 100.0_f64;
    let bars = (0..bars).map(|minute| {
        let open = close;
        close *= 1.0 + 0.004 * (rng.random::<f64>() - 0.5);
        let (high, low) = (open.max(close) + 0.02, open.min(close) - 0.02);
        let (open_ts, ts) = (Timestamp::from_secs(60 * minute), Timestamp::from_secs(60 * (minute + 1)));
        Bar { open_ts, ts, open, high, low, close, volume: 1.0 + 9.0 * rng.random::<f64>() }
    });
    Ok(MarketHistory::from_series(BarSeries::new(bars.collect(), Vec::new())?))
}

/// Features by name, as in a config. `preset:minimal` would stand for all features of that preset.
fn features() -> Result<FeatureSet, Box<dyn Error>> {
    Ok(FeatureSet::parse(&[
        "atr(window=14)",
        "rsi(window=14)",
        "rate_of_change(window=5)",
        "relative_volume(window=20)",
    ])?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (history, set) = (random_walk(60)?, features()?);
    let table = set.table_of(&history)?;
    println!("ts,{}", table.names().join(","));
    for (t, bar) in history.series.bars().iter().enumerate() {
        // An undefined value is None, for example during warm-up: here an empty cell.
        let cells = table.row(t).iter().map(|value| value.map_or(String::new(), |value| format!("{value:.6}")));
        println!("{},{}", bar.ts, cells.collect::<Vec<_>>().join(","));
    }
    Ok(())
}

#[test]
fn the_live_row_equals_the_table() -> Result<(), Box<dyn Error>> {
    use scaleout_features::FeatureRow;
    use scaleout_market::MarketEvent;

    main()?;
    let (history, set) = (random_walk(60)?, features()?);
    let table = set.table_of(&history)?;
    let mut live = FeatureRow::new(&set, &history.series.column_names())?;
    let mut closes = 0;
    for event in history.events() {
        live.update(&event);
        if let MarketEvent::Bar(_) = event {
            assert_eq!(live.values(), table.row(closes));
            closes += 1;
        }
    }
    assert_eq!(closes, 60);
    assert!(table.row(59).iter().all(Option::is_some), "every feature is warm after 60 bars");
    Ok(())
}
