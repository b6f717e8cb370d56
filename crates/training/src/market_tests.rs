//! The whole way on bars: rows recorded, a model fitted, both its variants replayed.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{
    ExitPolicy, ExitReason, Fraction, Market, Objective, PlacedEntry, ReplayConfig, TradeOutcome, replay_all,
};
use scaleout_features::{FeatureSet, FeatureTable};
use scaleout_market::{Bar, BarSeries, Column, Entry, Instrument, MarketHistory, Side, Timestamp};

use crate::{
    FitConfig, GruConfig, LearnerConfig, LinearConfig, Model, ModelPolicy, RestingModelPolicy, RowLayout, Search,
    TrainingData, Unwatched, fit, limits::Grid, rounds::Problem,
};

const HORIZON: u32 = 12;

struct Planted {
    history: MarketHistory,
    instrument: Instrument,
    entries: Vec<Entry>,
    features: FeatureSet,
}

/// Bars whose drift follows a column, and an entry with a stop every seven bars, both sides in turn.
fn planted(bars: usize, seed: u64) -> Planted {
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
                *at += step;
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
    Planted {
        history: MarketHistory::from_series(series),
        instrument: Instrument { spread_ticks: 1.0, tick_size: 0.01, ..Instrument::frictionless("X", "USD") },
        entries,
        features: FeatureSet::parse(&["column:signal", "atr"]).unwrap(),
    }
}

impl Planted {
    fn market(&self) -> Market<'_> {
        Market { history: &self.history, instrument: &self.instrument }
    }

    fn placed(&self) -> Vec<PlacedEntry<'_>> {
        let first_bar = |entry: &Entry| scaleout_exits::locate_entry(entry, &self.history.series).unwrap();
        self.entries.iter().map(|entry| PlacedEntry { entry, first_bar: first_bar(entry) }).collect()
    }

    fn table(&self) -> FeatureTable {
        self.features.table_of(&self.history).unwrap()
    }

    fn data(&self, window: u32) -> TrainingData {
        let layout = RowLayout::standard(self.features.specs().to_vec(), Some(&self.features.specs()[1]));
        let layout = layout.with_window(window);
        TrainingData::from_market(layout, &self.placed(), self.market(), &self.table(), &objective(), &config())
            .unwrap()
    }

    fn outcomes(&self, policy: &dyn ExitPolicy) -> Vec<TradeOutcome> {
        replay_all(&self.placed(), self.market(), &self.table(), |_| policy, &objective(), &config()).unwrap()
    }
}

fn objective() -> Objective {
    Objective::mean_variance(0.3)
}

fn config() -> ReplayConfig {
    ReplayConfig { horizon_bars: HORIZON, ..ReplayConfig::default() }
}

fn linear() -> LearnerConfig {
    LearnerConfig::Linear(LinearConfig::default())
}

/// Reads five bars, those before the entry among them.
fn recurrent() -> LearnerConfig {
    let config = GruConfig { window: 5, hidden: 6, head: vec![8], most_steps: 60, batch: 256, ..GruConfig::default() };
    LearnerConfig::Gru(config)
}

fn model(data: &TrainingData, learner: &LearnerConfig) -> Model {
    let train: Vec<usize> = (0..data.paths().len()).collect();
    let config = FitConfig { folds: 2, rounds: 4, search: Search::None, ..FitConfig::default() };
    fit(data, &train, &objective(), learner, &config, 1, &Unwatched).unwrap()
}

#[test]
fn the_replay_of_a_model_earns_what_its_training_rows_said() {
    for learner in [linear(), recurrent()] {
        let planted = planted(1_500, 1);
        let data = planted.data(learner.window());
        let model = model(&data, &learner);
        let grid = Grid::new(4, &model.limits);
        let problem = Problem { grid, objective: objective(), shape: model.shape };
        let all: Vec<usize> = (0..data.paths().len()).collect();
        let sample = data.sample(&all, grid);
        let (said, _) = problem.score(&sample, &problem.policy(&model.regressor, &sample));
        let outcomes = planted.outcomes(&ModelPolicy::new(Arc::new(model)));
        let mut sold_in_parts = 0;
        for (outcome, said) in outcomes.iter().zip(said) {
            assert!((outcome.objective - said).abs() < 1e-9, "{}: {} and {said}", outcome.id, outcome.objective);
            sold_in_parts += usize::from(1 < outcome.legs.len());
        }
        assert!(10 < sold_in_parts, "a model with risk aversion scales out");
    }
}

#[test]
fn a_row_of_several_bars_holds_those_before_the_entry_and_is_cut_for_others() {
    let planted = planted(200, 1);
    let (wide, narrow) = (planted.data(3), planted.data(1));
    let cut = wide.with_window(1).unwrap();
    assert_eq!(cut.layout(), narrow.layout());
    let bits = |data: &TrainingData| -> Vec<u32> {
        data.paths().iter().flat_map(|path| &path.features).map(|value| value.to_bits()).collect()
    };
    assert!(bits(&cut) == bits(&narrow));
    assert!(narrow.with_window(3).unwrap_err().to_string().contains("the learner reads 3"));
    let values = &planted.history.series.columns()[0].values;
    let place = wide.layout().names().iter().position(|name| name == "column:signal@-2").unwrap();
    let first_bar = planted.placed()[1].first_bar;
    assert_eq!(wide.paths()[1].features[place], values[first_bar - 3].unwrap() as f32);
    let learners = [linear(), recurrent()].map(|learner| model(&planted.data(5), &learner).layout.window);
    assert_eq!(learners, [1, 5]);
}

#[test]
fn the_planted_signal_pays_and_resting_limits_fill() {
    let planted = planted(2_500, 2);
    let model = Arc::new(model(&planted.data(1), &linear()));
    let fresh = self::planted(2_500, 3);
    let mean = |outcomes: &[TradeOutcome]| {
        outcomes.iter().map(|outcome| outcome.objective).sum::<f64>() / outcomes.len() as f64
    };
    let holds: Vec<TradeOutcome> = fresh.outcomes(&scaleout_exits::policies::Schedule { sold: vec![] });
    let market = fresh.outcomes(&ModelPolicy::new(model.clone()));
    let resting = fresh.outcomes(&RestingModelPolicy::new(model));
    assert!(mean(&holds) + 0.1 < mean(&market), "{} and {}", mean(&holds), mean(&market));
    assert!(mean(&holds) + 0.1 < mean(&resting), "{} and {}", mean(&holds), mean(&resting));
    let limits = resting.iter().flat_map(|outcome| &outcome.legs).filter(|leg| leg.reason == ExitReason::Limit);
    assert!(50 < limits.count());
    for outcome in &resting {
        assert_eq!(outcome.legs.iter().map(|leg| leg.fraction.units()).sum::<u32>(), Fraction::WHOLE);
    }
}

#[test]
fn what_comes_after_a_decision_changes_neither_its_row_nor_the_decision() {
    for learner in [linear(), recurrent()] {
        check_later_changes(&learner);
    }
}

fn check_later_changes(learner: &LearnerConfig) {
    let whole = planted(1_500, 4);
    let window = learner.window();
    let model = Arc::new(model(&whole.data(window), learner));
    let cut = 700;
    let mut bars = whole.history.series.bars().to_vec();
    let mut column = whole.history.series.columns()[0].clone();
    for (bar, value) in bars.iter_mut().zip(&mut column.values).skip(cut) {
        (bar.open, bar.high, bar.low, bar.close) = (2.0 * bar.open, 2.0 * bar.high, 2.0 * bar.low, 2.0 * bar.close);
        *value = value.map(|value| -value);
    }
    let history = MarketHistory::from_series(BarSeries::new(bars, vec![column]).unwrap());
    let changed = Planted {
        history,
        instrument: whole.instrument.clone(),
        entries: whole.entries.clone(),
        features: whole.features.clone(),
    };
    let (before, after) = (whole.data(window), changed.data(window));
    let width = before.layout().width();
    for (place, (one, other)) in whole
        .placed()
        .iter()
        .zip(before.paths().iter().zip(after.paths()))
        .map(|(placed, paths)| (placed.first_bar, paths))
    {
        let known = cut.saturating_sub(place - 1).min(one.unit.steps()).min(other.unit.steps());
        let bits = |row: &[f32]| row[..known * width].iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&one.features), bits(&other.features), "rows of the fill in bar {place}");
    }
    for policy in [&ModelPolicy::new(model.clone()) as &dyn ExitPolicy, &RestingModelPolicy::new(model)] {
        for (one, other) in whole.outcomes(policy).iter().zip(changed.outcomes(policy)) {
            if one.first_bar + one.bars_held as usize <= cut {
                assert_eq!(one.legs, other.legs, "{} of trade {}", policy.name(), one.id);
            }
        }
    }
}
