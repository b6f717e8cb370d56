//! One trade on which every exit rule has something to do: a dip, a run with a climax, a collapse through the stop.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_exits::ReplayConfig;
use scaleout_market::{Bar, BarSeries, Entry, Instrument, MarketHistory, Side, Timestamp};

/// Bars before the entry, enough for every indicator.
const BEFORE: usize = 60;
/// One R of the trade, in points.
const RISK: f64 = 4.0;
/// Where the close stands so many bars after the entry, in R; straight lines between.
const STORY: [(usize, f64); 13] = [
    (0, 0.0),
    (4, -0.62),
    (9, 0.55),
    (13, 0.95),
    (17, 0.75),
    (22, 1.6),
    (25, 2.1),
    (26, 3.3),
    (29, 2.9),
    (33, 2.2),
    (38, 2.6),
    (50, 0.2),
    (58, -1.4),
];
/// The bar of the climax, after the entry: the one that closes there.
const CLIMAX: usize = 26;
/// How far the price rose before the entry, in R.
const RISE: f64 = 2.5;

/// The market of the trade, the trade, and how it is replayed.
pub(super) struct Demonstration {
    pub(super) history: MarketHistory,
    pub(super) instrument: Instrument,
    pub(super) entry: Entry,
    pub(super) first_bar: usize,
    pub(super) replay: ReplayConfig,
}

impl Demonstration {
    pub(super) fn new() -> Self {
        let bars = bars();
        let (first_bar, instrument) = (BEFORE, Instrument::frictionless("DEMO", "USD"));
        let entry = entry_at(&bars, first_bar);
        let history = MarketHistory::from_series(
            BarSeries::new(bars, Vec::new()).expect("Invariant: the bars of the story follow one another"),
        );
        let replay = ReplayConfig { horizon_bars: 60, ..ReplayConfig::default() };
        Self { history, instrument, entry, first_bar, replay }
    }

    /// The same trade entered `later` bars later, with its stop as far away.
    pub(super) fn entered_later(&self, later: usize) -> (Entry, usize) {
        let first_bar = self.first_bar + later;
        (entry_at(self.history.series.bars(), first_bar), first_bar)
    }
}

fn entry_at(bars: &[Bar], first_bar: usize) -> Entry {
    let bar = &bars[first_bar];
    Entry {
        id: format!("entered in bar {first_bar}"),
        symbol: "DEMO".to_owned(),
        ts: bar.open_ts,
        side: Side::Long,
        price: bar.open,
        risk: RISK,
        stop: Some(bar.open - RISK),
        qty: 100.0,
        tags: Vec::new(),
        adds: Vec::new(),
    }
}

/// Closes along the story with a little noise, so that indicators have something to measure.
fn bars() -> Vec<Bar> {
    let mut rng = ChaCha8Rng::seed_from_u64(26);
    let mut open = cents(100.0 + RISK * story(0));
    let mut bars = Vec::new();
    for t in 0..BEFORE + 75 {
        let mut noise = |size: f64| size * (rng.random::<f64>() + rng.random::<f64>() - 1.0);
        let is_climax = t + 1 == BEFORE + CLIMAX;
        let close = cents(100.0 + RISK * story(t) + noise(0.7));
        let wick = if is_climax { 0.1 } else { 0.6 };
        let (high, low) = (open.max(close) + noise(wick).abs(), open.min(close) - noise(wick).abs());
        let volume = if is_climax { 4_200.0 } else { (1_000.0 + noise(400.0)).round() };
        let minute = |t: usize| Timestamp::from_secs(60 * t as i64);
        bars.push(Bar {
            open_ts: minute(t),
            ts: minute(t + 1),
            open,
            high: cents(high),
            low: cents(low),
            close,
            volume,
        });
        open = close;
    }
    bars
}

fn cents(price: f64) -> f64 {
    (100.0 * price).round() / 100.0
}

/// Where the story stands at the close of bar `t`, in R.
fn story(t: usize) -> f64 {
    let Some(after) = (t + 1).checked_sub(BEFORE) else {
        return -RISE * (BEFORE - 1 - t) as f64 / BEFORE as f64;
    };
    let (last, end) = STORY[STORY.len() - 1];
    STORY.windows(2).find(|pair| pair[0].0 <= after && after < pair[1].0).map_or(
        end - 0.01 * after.saturating_sub(last) as f64,
        |pair| {
            let ((from, low), (to, high)) = (pair[0], pair[1]);
            low + (high - low) * (after - from) as f64 / (to - from) as f64
        },
    )
}
