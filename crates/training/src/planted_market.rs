//! A market of bars with a planted signal, for tests of the whole way from bars to sales.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{ExitPolicy, Market, Objective, PlacedEntry, ReplayConfig, TradeOutcome, replay_all};
use scaleout_features::{FeatureSet, FeatureTable};
use scaleout_market::{Bar, BarSeries, Column, Entry, Instrument, MarketHistory, Side, Timestamp};
use scaleout_model::{Model, RowLayout};

use crate::{FitConfig, LearnerConfig, Search, TrainingData, Unwatched, fit};

pub(crate) const HORIZON: u32 = 12;

pub(crate) struct Planted {
    pub history: MarketHistory,
    pub instrument: Instrument,
    pub entries: Vec<Entry>,
    pub features: FeatureSet,
    pub replay: ReplayConfig,
}

impl Planted {
    /// Bars whose drift follows a column, and an entry with a stop every seven bars, both sides in turn. Prices are whole
    /// multiples of 2⁻¹⁰, so that they can be doubled and shifted without any rounding.
    pub fn drawn(bars: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut normal = || rng.sample::<f64, _>(StandardNormal);
        let (mut price, mut signal) = (1000.0, 0.0);
        let (mut rows, mut column) = (Vec::new(), Vec::new());
        for t in 0..bars as i64 {
            let open = price;
            let moves: Vec<f64> = (0..3).map(|_| signal / 3.0 + 0.6 * normal()).collect();
            let path: Vec<f64> = moves
                .iter()
                .scan(open, |at, step| {
                    *at = ((*at + step) * 1024.0).round() / 1024.0;
                    Some(*at)
                })
                .collect();
            price = path[2];
            signal = 0.85 * signal + 0.3 * normal();
            let (high, low) = (path.iter().copied().fold(open, f64::max), path.iter().copied().fold(open, f64::min));
            let (open_ts, ts) = (Timestamp::from_secs(60 * t), Timestamp::from_secs(60 * (t + 1)));
            rows.push(Bar { open_ts, ts, open, high, low, close: price, volume: 100.0 });
            column.push(Some(signal));
        }
        let entries = (5..bars - HORIZON as usize - 1).step_by(7).enumerate().map(|(number, bar)| {
            let side = if number % 2 == 0 { Side::Long } else { Side::Short };
            let price = rows[bar].open;
            Entry {
                id: number.to_string(),
                symbol: "X".into(),
                ts: rows[bar].open_ts,
                side,
                price,
                risk: 4.0,
                stop: Some(price - side.sign() * 4.0),
                qty: 1.0,
                tags: vec![],
            }
        });
        let entries = entries.collect();
        let series = BarSeries::new(rows, vec![Column { name: "signal".into(), values: column }]).unwrap();
        Self {
            history: MarketHistory::from_series(series),
            instrument: Instrument { spread_ticks: 1.0, tick_size: 1.0 / 64.0, ..Instrument::frictionless("X", "USD") },
            entries,
            features: FeatureSet::parse(&["column:signal", "atr"]).unwrap(),
            replay: config(),
        }
    }

    pub fn market(&self) -> Market<'_> {
        Market { history: &self.history, instrument: &self.instrument }
    }

    /// The same market with every price p at `scale` · p + `shift`, one R `scale` times as wide.
    pub fn moved(&self, scale: f64, shift: f64) -> Self {
        let moved = |price: f64| scale * price + shift;
        let bars = self.history.series.bars().iter().map(|bar| Bar {
            open: moved(bar.open),
            high: moved(bar.high),
            low: moved(bar.low),
            close: moved(bar.close),
            ..*bar
        });
        let entries = self.entries.iter().map(|entry| Entry {
            price: moved(entry.price),
            risk: scale * entry.risk,
            stop: entry.stop.map(moved),
            ..entry.clone()
        });
        let series = BarSeries::new(bars.collect(), self.history.series.columns().to_vec()).unwrap();
        Self {
            history: MarketHistory::from_series(series),
            instrument: Instrument { tick_size: scale * self.instrument.tick_size, ..self.instrument.clone() },
            entries: entries.collect(),
            features: self.features.clone(),
            replay: self.replay.clone(),
        }
    }

    /// `learner` fitted on all trades.
    pub fn model(&self, learner: &LearnerConfig) -> Model {
        fitted(&self.data(learner.window()), learner)
    }

    pub fn placed(&self) -> Vec<PlacedEntry<'_>> {
        let first_bar = |entry: &Entry| scaleout_exits::locate_entry(entry, &self.history.series).unwrap();
        self.entries.iter().map(|entry| PlacedEntry { entry, first_bar: first_bar(entry) }).collect()
    }

    pub fn table(&self) -> FeatureTable {
        self.features.table_of(&self.history).unwrap()
    }

    pub fn data(&self, window: u32) -> TrainingData {
        let layout = RowLayout::standard(self.features.specs().to_vec(), Some(&self.features.specs()[1]));
        let layout = layout.with_window(window);
        TrainingData::from_market(layout, &self.placed(), self.market(), &self.table(), &objective(), &self.replay)
            .unwrap()
    }

    pub fn outcomes(&self, policy: &dyn ExitPolicy) -> Vec<TradeOutcome> {
        replay_all(&self.placed(), self.market(), &self.table(), |_| policy, &objective(), &self.replay).unwrap()
    }
}

pub(crate) fn objective() -> Objective {
    Objective::mean_variance(0.3)
}

pub(crate) fn config() -> ReplayConfig {
    ReplayConfig { horizon_bars: HORIZON, ..ReplayConfig::default() }
}

/// `learner` fitted on all trades of `data`.
pub(crate) fn fitted(data: &TrainingData, learner: &LearnerConfig) -> Model {
    let train: Vec<usize> = (0..data.paths().len()).collect();
    let config = FitConfig { folds: 2, rounds: 4, search: Search::None, ..FitConfig::default() };
    fit(data, &train, &objective(), learner, &config, 1, &Unwatched).unwrap()
}
