//! An exit rule of your own against a ladder, on the same entries, fills and costs.
//!
//! `cargo run --release -p scaleout-exits --example replay_own_rule`
//!
//! Start here to write an exit rule in Rust, or to backtest exits in your own program.
#![allow(clippy::disallowed_macros, reason = "an example is a program of its own and prints")]

use std::error::Error;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_exits::policies::PolicyConfig;
use scaleout_exits::{
    Decision, ExitOrders, ExitPolicy, Fraction, LimitOrder, Market, Objective, PlacedEntry, ReplayConfig, TradeOutcome,
    locate_entry, replay_all,
};
use scaleout_features::FeatureTable;
use scaleout_market::{Bar, BarSeries, Entry, Fees, Instrument, MarketHistory, Side, Timestamp};

/// Sells half at a gain of 1 R (1 R is the risk at entry). Then the stop of the rest moves to the entry price.
struct HalfThenBreakEven;

impl ExitPolicy for HalfThenBreakEven {
    fn name(&self) -> String {
        "half at 1 R, then break-even".to_owned()
    }

    // A policy is a pure function: it sees what was known at the close, and its orders work during the next bar.
    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        if decision.remaining < Fraction::ONE {
            return ExitOrders { stop: Some(decision.entry.price), ..ExitOrders::default() };
        }
        let half = Fraction::ratio(1, 2).expect("Invariant: a half is a fraction");
        let target = LimitOrder { price: decision.price_at_r(1.0), fraction: half };
        ExitOrders { stop: decision.stop, limits: vec![target], ..ExitOrders::default() }
    }
}

/// A random walk in ticks of .01, in bars of a minute.
fn random_walk(bars: i64) -> Result<MarketHistory, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut close_ticks = 10_000;
    let bars = (0..bars).map(|minute| {
        let open = f64::from(close_ticks) / 100.0;
        close_ticks += rng.random_range(-20..=20);
        let close = f64::from(close_ticks) / 100.0;
        let (open_ts, ts) = (Timestamp::from_secs(60 * minute), Timestamp::from_secs(60 * (minute + 1)));
        Bar { open_ts, ts, open, high: open.max(close), low: open.min(close), close, volume: 100.0 }
    });
    Ok(MarketHistory::from_series(BarSeries::new(bars.collect(), Vec::new())?))
}

/// A long at the open of every twentieth bar, with the stop 30 ticks below.
fn entries(history: &MarketHistory) -> Result<Vec<Entry>, Box<dyn Error>> {
    let chosen = history.series.bars().iter().skip(20).step_by(20);
    let entry = |bar: &Bar| {
        let (price, risk) = (bar.open, 0.3);
        let id = format!("long at {}", bar.open_ts);
        let stop = Some(price - risk);
        Entry {
            id,
            symbol: "X".into(),
            ts: bar.open_ts,
            side: Side::Long,
            price,
            risk,
            stop,
            qty: 100.0,
            tags: vec![],
            adds: vec![],
        }
    };
    Ok(chosen.map(|bar| entry(bar).checked()).collect::<Result<_, _>>()?)
}

/// The outcome of every entry under `policy`.
fn backtest(
    history: &MarketHistory,
    entries: &[Entry],
    policy: &dyn ExitPolicy,
) -> Result<Vec<TradeOutcome>, Box<dyn Error>> {
    let fees = Fees { per_unit: 0.002, ..Fees::default() };
    let costly = Instrument { tick_size: 0.01, spread_ticks: 1.0, fees, ..Instrument::frictionless("X", "USD") };
    let config = ReplayConfig { horizon_bars: 60, ..ReplayConfig::default() };
    // The last entries have no bars up to the horizon: they are left out here.
    let placed: Vec<PlacedEntry<'_>> = entries
        .iter()
        .filter_map(|entry| Some(PlacedEntry { entry, first_bar: locate_entry(entry, &history.series)? }))
        .filter(|placed| placed.first_bar + 60 < history.series.len())
        .collect();
    let market = Market { history, instrument: &costly };
    // Neither rule reads a feature, so the table is empty.
    let no_features = FeatureTable::new(Vec::new(), Vec::new());
    Ok(replay_all(&placed, market, &no_features, |_| policy, &Objective::mean_variance(0.1), &config)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let history = random_walk(5_000)?;
    let entries = entries(&history)?;
    let ladder: PolicyConfig = toml::from_str(
        r#"
        kind = "ladder"
        rungs = [{ level = 1.0, fraction = "1/3" }, { level = 2.0, fraction = "1/3" }, { level = 3.0, fraction = "1/3" }]
        "#,
    )?;
    let ladder = ladder.build();
    for policy in [&HalfThenBreakEven as &dyn ExitPolicy, ladder.as_ref()] {
        let outcomes = backtest(&history, &entries, policy)?;
        let mean = |of: fn(&TradeOutcome) -> f64| outcomes.iter().map(of).sum::<f64>() / outcomes.len() as f64;
        println!(
            "{:40} {} trades  {:+.3} R net  {:+.3} J  {:.1} bars held",
            policy.name(),
            outcomes.len(),
            mean(|outcome| outcome.net_r),
            mean(|outcome| outcome.objective),
            mean(|outcome| f64::from(outcome.bars_held)),
        );
    }
    Ok(())
}

#[test]
fn half_is_sold_at_one_r_and_the_rest_cannot_lose_much() -> Result<(), Box<dyn Error>> {
    main()?;
    let history = random_walk(5_000)?;
    let outcomes = backtest(&history, &entries(&history)?, &HalfThenBreakEven)?;
    assert!(200 < outcomes.len());
    let half = Fraction::ratio(1, 2).expect("Invariant: a half is a fraction");
    let scaled_out: Vec<&TradeOutcome> = outcomes.iter().filter(|outcome| outcome.legs.len() == 2).collect();
    assert!(!scaled_out.is_empty());
    for outcome in scaled_out {
        let [first, rest] = &outcome.legs[..] else { unreachable!("two legs") };
        assert_eq!((first.fraction, rest.fraction), (half, half));
        // This walk has no gaps: the limit fills at its price, and the stop of the rest pays half a tick of spread.
        assert!((first.price - outcome.entry_price - 0.3).abs() < 1e-9, "{first:?}");
        assert!(outcome.entry_price - 0.005 - 1e-9 <= rest.price, "{rest:?}");
    }
    Ok(())
}
