//! The whole way on bars: rows recorded, a model fitted, both its variants replayed.

use std::sync::Arc;

use scaleout_exits::{ExitPolicy, ExitReason, Fraction, LateEntry, Leg, TradeOutcome};
use scaleout_market::{BarSeries, MarketHistory};
use scaleout_model::{FractionGrid, ModelPolicy, RestingModelPolicy};

use crate::{
    fitting::config::Caution,
    fixtures::{
        planted_market::{Planted, fitted, objective},
        small_learners::{linear, recurrent},
    },
    learners::registry::LearnerConfig,
    problem::task::LearningTask,
    rows::data::TrainingData,
};

#[test]
fn the_replay_of_a_model_earns_what_its_training_rows_said() {
    // Of one, two or four lots every part of the grid that can be held is whole lots.
    let plain = [(linear(), 0), (recurrent(), 0), (linear(), 1), (linear(), 2), (linear(), 4)];
    let plain = plain.map(|(learner, lots)| (learner, lots, Caution::None));
    for (learner, lots, caution) in plain.into_iter().chain([(linear(), 0, Caution::Chosen)]) {
        let mut planted = Planted::drawn(1_500, 1);
        planted.instrument.lot_step = if lots == 0 { 0.0 } else { 1.0 / f64::from(lots) };
        // Whoever is in the market at noon must leave before the horizon; who enters after it stays until the next day's.
        planted.replay.flat_at = Some(serde_json::from_str(r#"{ "time": "12:00", "zone": "UTC" }"#).unwrap());
        planted.replay.late = LateEntry::NextDay;
        let data = planted.data(learner.window());
        assert!(data.paths().iter().any(|path| path.unit.horizon < Some(planted.replay.horizon_bars)));
        let model = planted.model_with(&learner, caution);
        let grid = FractionGrid::new(4, &model.limits);
        let problem = LearningTask { grid, objective: objective(), shape: model.shape };
        let all: Vec<usize> = (0..data.paths().len()).collect();
        let sample = data.sample(&all, grid);
        let (said, _) = problem.score(&sample, &problem.policy(&model.regressor, &sample));
        let outcomes = planted.outcomes(&ModelPolicy::new(Arc::new(model)));
        let mut sold_in_parts = 0;
        for (outcome, said) in outcomes.iter().zip(said) {
            assert!((outcome.objective - said).abs() < 1e-9, "{}: {} and {said}", outcome.id, outcome.objective);
            sold_in_parts += usize::from(1 < outcome.legs.len());
        }
        let is_plain = caution == Caution::None;
        assert!(
            !is_plain || (10 < sold_in_parts) == (lots != 1),
            "with risk aversion it scales out, but not of one lot"
        );
    }
}

#[test]
fn a_row_of_several_bars_holds_those_before_the_entry_and_is_cut_for_others() {
    let planted = Planted::drawn(200, 1);
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
    let learners =
        [linear(), recurrent()].map(|learner| fitted(&planted.data(5), &learner, Caution::None).layout.window);
    assert_eq!(learners, [1, 5]);
}

#[test]
fn the_planted_signal_pays_and_resting_limits_fill() {
    let planted = Planted::drawn(2_500, 2);
    let model = Arc::new(planted.model(&linear()));
    let fresh = Planted::drawn(2_500, 3);
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
fn what_comes_after_a_decision_changes_neither_features_nor_its_row_nor_the_decision() {
    let whole = Planted::drawn(1_500, 4);
    let cut = 700;
    let changed = changed_from(&whole, cut);
    let (before, after) = (whole.table(), changed.table());
    for t in 0..cut {
        assert_eq!(before.row(t), after.row(t), "features at bar {t}");
    }
    assert_ne!(before.row(cut), after.row(cut));
    for learner in LearnerConfig::small() {
        check_later_changes(&whole, &changed, cut, &learner, Caution::None);
    }
    check_later_changes(&whole, &changed, cut, &linear(), Caution::Chosen);
}

/// The market with every value from bar `cut` on another one.
fn changed_from(whole: &Planted, cut: usize) -> Planted {
    let mut bars = whole.history.series.bars().to_vec();
    let mut column = whole.history.series.columns()[0].clone();
    for (bar, value) in bars.iter_mut().zip(&mut column.values).skip(cut) {
        (bar.open, bar.high, bar.low, bar.close) = (2.0 * bar.open, 2.0 * bar.high, 2.0 * bar.low, 2.0 * bar.close);
        *value = value.map(|value| -value);
    }
    Planted {
        history: MarketHistory::from_series(BarSeries::new(bars, vec![column]).unwrap()),
        instrument: whole.instrument.clone(),
        entries: whole.entries.clone(),
        features: whole.features.clone(),
        replay: whole.replay.clone(),
    }
}

fn check_later_changes(whole: &Planted, changed: &Planted, cut: usize, learner: &LearnerConfig, caution: Caution) {
    let name = learner.name();
    let window = learner.window();
    let (before, after) = (whole.data(window), changed.data(window));
    let width = before.layout().width();
    for (placed, (one, other)) in whole.placed().iter().zip(before.paths().iter().zip(after.paths())) {
        let known = cut.saturating_sub(placed.first_bar - 1).min(one.unit.steps()).min(other.unit.steps());
        let bits = |row: &[f32]| row[..known * width].iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&one.features), bits(&other.features), "{name}: rows of the fill in bar {}", placed.first_bar);
    }
    let model = Arc::new(whole.model_with(learner, caution));
    let market = ModelPolicy::new(model.clone());
    let resting = RestingModelPolicy::new(model);
    for policy in [&market as &dyn ExitPolicy, &resting] {
        let mut compared = 0;
        for (one, other) in whole.outcomes(policy).iter().zip(changed.outcomes(policy)) {
            let known = |outcome: &TradeOutcome| -> Vec<Leg> {
                outcome.legs.iter().filter(|leg| leg.bar < cut).cloned().collect()
            };
            assert_eq!(known(one), known(&other), "{} of trade {}", policy.name(), one.id);
            compared += known(one).len();
        }
        assert!(50 < compared, "{}: {compared} sales before the change", policy.name());
    }
    // What was decided at the last unchanged close is sold at the next open, at whatever price that has become.
    let sold_at_cut = |market_of: &Planted| -> Vec<(String, Fraction)> {
        let outcomes = market_of.outcomes(&market).into_iter();
        let legs = outcomes.flat_map(|outcome| outcome.legs.into_iter().map(move |leg| (outcome.id.clone(), leg)));
        let at_open = legs.filter(|(_, leg)| leg.bar == cut && leg.reason == ExitReason::Market);
        at_open.map(|(id, leg)| (id, leg.fraction)).collect()
    };
    assert_eq!(sold_at_cut(whole), sold_at_cut(changed), "{name}");
}
