//! Small markets for tests: bars of one minute, one after another.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use scaleout_features::FeatureTable;
use scaleout_market::{Bar, BarSeries, Carry, Column, Entry, Fees, Instrument, MarketHistory, Side, Timestamp};

use crate::{
    Decision, ExitOrders, ExitPolicy, LimitFill, LimitOrder, Market, Objective, ReplayConfig, TradeOutcome, replay,
};

pub(crate) const MINUTE_NS: i64 = 60_000_000_000;

/// Bars of one minute with `[open, high, low, close]` and a volume of 1000, after one flat bar at the first open.
pub(crate) fn history(rows: &[[f64; 4]]) -> MarketHistory {
    history_with(rows, Vec::new())
}

pub(crate) fn history_with(rows: &[[f64; 4]], columns: Vec<Column>) -> MarketHistory {
    let first = [rows[0][0]; 4];
    let bars = std::iter::once(&first)
        .chain(rows)
        .enumerate()
        .map(|(t, &[open, high, low, close])| Bar {
            open_ts: Timestamp::from_nanos(t as i64 * MINUTE_NS),
            ts: Timestamp::from_nanos((t as i64 + 1) * MINUTE_NS),
            open,
            high,
            low,
            close,
            volume: 1000.0,
        })
        .collect();
    MarketHistory::from_series(BarSeries::new(bars, columns).unwrap())
}

/// An entry at the open of bar 1.
pub(crate) fn entry(side: Side, price: f64, stop: Option<f64>, qty: f64) -> Entry {
    Entry {
        id: "a".into(),
        symbol: "X".into(),
        ts: Timestamp::from_nanos(MINUTE_NS),
        side,
        price,
        risk: 10.0,
        stop,
        qty,
        tags: vec![],
        adds: Vec::new(),
    }
}

pub(crate) fn instrument() -> Instrument {
    Instrument::frictionless("X", "USD")
}

pub(crate) fn touch(horizon_bars: u32) -> ReplayConfig {
    ReplayConfig { horizon_bars, limit_fill: LimitFill::Touch, ..ReplayConfig::default() }
}

pub(crate) fn no_features() -> FeatureTable {
    FeatureTable::new(vec![], vec![])
}

/// Rests the same prices and fractions until they are gone.
pub(crate) struct Fixed {
    pub stop: Option<f64>,
    pub limits: Vec<LimitOrder>,
}

impl ExitPolicy for Fixed {
    fn name(&self) -> String {
        "fixed".into()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let mut gone = decision.gone();
        let limits = self
            .limits
            .iter()
            .map(|limit| {
                let fraction = limit.fraction.saturating_sub(gone);
                gone = gone.saturating_sub(limit.fraction);
                LimitOrder { fraction, ..*limit }
            })
            .collect();
        ExitOrders { stop: self.stop, limits, ..ExitOrders::default() }
    }
}

pub(crate) fn play(
    entry: &Entry,
    history: &MarketHistory,
    instrument: &Instrument,
    policy: &dyn ExitPolicy,
    config: &ReplayConfig,
) -> TradeOutcome {
    play_under(0.0, entry, history, instrument, policy, config)
}

/// [`play`], judged with the risk aversion of the laws.
pub(crate) fn play_averse(
    entry: &Entry,
    history: &MarketHistory,
    instrument: &Instrument,
    config: &ReplayConfig,
    policy: &dyn ExitPolicy,
) -> TradeOutcome {
    play_under(0.5, entry, history, instrument, policy, config)
}

fn play_under(
    risk_aversion: f64,
    entry: &Entry,
    history: &MarketHistory,
    instrument: &Instrument,
    policy: &dyn ExitPolicy,
    config: &ReplayConfig,
) -> TradeOutcome {
    let market = Market { history, instrument };
    replay(entry, 1, market, &no_features(), policy, &Objective::mean_variance(risk_aversion), config).unwrap()
}

/// A market that moves a few percent over `horizon` bars, with a column `variance`.
pub(crate) fn random_history(rng: &mut ChaCha8Rng, horizon: u32) -> MarketHistory {
    let mut open = 100.0;
    let rows: Vec<[f64; 4]> = (0..=horizon)
        .map(|_| {
            open += rng.random_range(-1.0..1.0);
            let close = open + rng.random_range(-3.0..3.0);
            let (higher, lower) = (f64::max(open, close), f64::min(open, close));
            let row = [open, higher + rng.random_range(0.0..1.5), lower - rng.random_range(0.0..1.5), close];
            open = close;
            row
        })
        .collect();
    let values = (0..=rows.len()).map(|t| Some(0.01 * (t % 5) as f64)).collect();
    history_with(&rows, vec![Column { name: "variance".into(), values }])
}

/// An instrument on which everything costs something.
pub(crate) fn dear() -> Instrument {
    Instrument {
        tick_size: 0.01,
        spread_ticks: 2.0,
        multiplier: 2.5,
        fees: Fees { maker_rate: 0.0002, taker_rate: 0.0007, per_unit: 0.01, per_order: 0.3, minimum: 1.0 },
        carry: Carry { long_rate_per_year: 5.0, short_rate_per_year: 3.0, ..Carry::default() },
        ..instrument()
    }
}
