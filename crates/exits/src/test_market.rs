//! Small markets for tests: bars of one minute, one after another.

use scaleout_features::FeatureTable;
use scaleout_market::{Bar, BarSeries, Column, Entry, Instrument, MarketHistory, Side, Timestamp};

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
        let mut gone = crate::Fraction::ONE.saturating_sub(decision.remaining);
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
    let market = Market { history, instrument };
    replay(entry, 1, market, &no_features(), policy, &Objective::mean_variance(0.0), config).unwrap()
}
