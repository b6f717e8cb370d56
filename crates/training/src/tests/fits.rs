//! Fits of every learner on a market whose best exit is known.

use scaleout_exits::Objective;
use scaleout_model::{DepartureRegressor, FractionGrid, Model, Regressor, SaleConstraints};

use crate::{
    error::TrainingError,
    fitting::{
        config::{Caution, FitConfig, SearchEffort},
        fit::{Learned, fit, learn, task},
        progress::Unwatched,
    },
    fixtures::order_flow_market::{FEATURE_BLIND, OPTIMUM, objective, paths, scoring},
    learners::{
        ensemble::{EnsembleConfig, Members},
        linear::config::LinearConfig,
        logistic::fitting::LogisticConfig,
        networks::{direct::DirectConfig, perceptron::MlpConfig},
        registry::LearnerConfig,
        trees::config::TreesConfig,
    },
    problem::{score::objectives, target_table::TargetTable, task::LearningTask},
    rows::data::TrainingData,
};

fn fitted(learner: &LearnerConfig, trades: usize, noise: usize) -> Model {
    let (data, _) = paths(trades, noise, 1);
    let train: Vec<usize> = (0..trades).collect();
    let config =
        FitConfig { folds: 2, rounds: 5, search: SearchEffort::None, caution: Caution::None, ..FitConfig::default() };
    fit(&data, &train, &objective(), learner, &config, 7, &Unwatched).unwrap()
}

fn skill(model: &Model, noise: usize) -> f64 {
    let test = scoring(4_000, noise, 999);
    let all: Vec<usize> = (0..4_000).collect();
    let config = FitConfig::default();
    let task = task(&test, &all, &objective(), &config);
    let sample = test.sample(&all, task.grid);
    let (_, reached) = task.score(&sample, &task.policy(&model.regressor, &sample));
    (reached - FEATURE_BLIND) / (OPTIMUM - FEATURE_BLIND)
}

fn small_trees() -> LearnerConfig {
    LearnerConfig::BoostedTrees(TreesConfig { trees: 40, ..TreesConfig::default() })
}

fn small_logistic() -> LearnerConfig {
    LearnerConfig::Logistic(LogisticConfig { draws: 5_000, ..LogisticConfig::default() })
}

fn small_mlp(least_steps: usize) -> LearnerConfig {
    let config = MlpConfig { hidden: vec![16, 16], batch: 256, epochs: 1.0, least_steps, ..MlpConfig::default() };
    LearnerConfig::Mlp(config)
}

#[test]
fn learns_order_flow_from_noisy_returns() {
    // 1,000 paths: the scores of two seeds lie between .90 and .97; below .8 something broke.
    assert!(0.8 < skill(&fitted(&LearnerConfig::Linear(LinearConfig::default()), 1_000, 0), 0));
    assert!(0.7 < skill(&fitted(&small_logistic(), 1_000, 0), 0));
    assert!(0.75 < skill(&fitted(&small_trees(), 500, 0), 0));
    assert!(0.75 < skill(&fitted(&small_mlp(500), 500, 0), 0));
}

#[test]
fn the_same_bytes_on_one_thread_and_after_a_round_trip() {
    let learner = Box::new(LearnerConfig::Linear(LinearConfig::default()));
    let ensemble = LearnerConfig::Ensemble(EnsembleConfig { learner, members: 2, over: Members::Draws });
    let few = LearnerConfig::BoostedTrees(TreesConfig { trees: 5, ..TreesConfig::default() });
    let LearnerConfig::Mlp(network) = small_mlp(20) else { panic!("a perceptron") };
    let direct = DirectConfig { network, least_steps: 4, epochs: 0.1, ..DirectConfig::default() };
    let networks = [small_mlp(20), LearnerConfig::Direct(direct)];
    let linear = LearnerConfig::Linear(LinearConfig::default());
    for learner in [linear, small_logistic(), few, ensemble].into_iter().chain(networks) {
        let model = fitted(&learner, 200, 3);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let again = alone.install(|| fitted(&learner, 200, 3));
        assert_eq!(model.to_json(), again.to_json());
        let loaded = Model::from_json(&model.to_json()).unwrap();
        assert_eq!(loaded, model);
    }
}

/// A linear model that may depart from a plain rule, of the first `trades` trades.
fn departing(data: &TrainingData, trades: usize) -> Learned {
    let train: Vec<usize> = (0..trades).collect();
    let config = FitConfig { folds: 2, rounds: 5, search: SearchEffort::None, ..FitConfig::default() };
    learn(data, &train, &objective(), &LearnerConfig::Linear(LinearConfig::default()), &config, 7, &Unwatched).unwrap()
}

#[test]
fn a_departing_model_is_the_same_on_one_thread_and_after_a_round_trip() {
    let (data, _) = paths(200, 1, 1);
    let learned = departing(&data, 200);
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(alone.install(|| departing(&data, 200)), learned);
    assert_eq!(Model::from_json(&learned.model.to_json()).unwrap(), learned.model);
    let facts = learned.model.training.departure.as_ref().unwrap();
    let mean = learned.out_of_fold.iter().sum::<f64>() / 200.0;
    let chosen = facts.by_caution.iter().find(|one| one.caution == facts.caution).unwrap();
    assert!((chosen.objective - mean).abs() < 1e-12);
}

#[test]
fn a_departing_model_finds_the_signal_in_few_trades_and_leaves_noise_alone() {
    // Selling at once earns −.6 here, the best that ignores the features −.381, the optimum −.207.
    let (data, _) = paths(300, 0, 1);
    let found = skill(&departing(&data, 300).model, 0);
    assert!(0.4 < found, "{found}");
    // Gains in another order have nothing to do with the features, and holding only costs.
    let mut gains: Vec<f64> = data.paths().iter().flat_map(|path| path.unit.r.iter().copied()).collect();
    gains.sort_unstable_by(f64::total_cmp);
    let count = gains.len();
    let mean = gains.iter().sum::<f64>() / count as f64;
    let mut place = 0;
    let shuffled = data.paths().iter().map(|path| {
        let mut path = path.clone();
        for gain in &mut path.unit.r {
            // A multiplier without a common factor visits every gain once.
            place = (place + 7_919) % count;
            *gain = gains[place] - mean;
        }
        path
    });
    let nothing = TrainingData::new(data.layout().clone(), data.horizon_bars(), shuffled.collect()).unwrap();
    let learned = departing(&nothing, 200);
    let unseen: Vec<usize> = (200..300).collect();
    let model = &learned.model;
    let grid = FractionGrid::new(model.tranches, &model.limits);
    let task = LearningTask { grid, objective: objective(), shape: model.shape };
    let sample = nothing.sample(&unseen, grid);
    let (_, earned) = task.score(&sample, &task.policy(&model.regressor, &sample));
    let rule = model.training.departure.as_ref().unwrap().rule.clone();
    let rule = DepartureRegressor::alone(rule, grid.outputs());
    let (_, of_rule) = task.score(&sample, &task.policy(&Regressor::Departure(rule), &sample));
    assert!(of_rule - 0.05 < earned, "{earned} and {of_rule}");
}

#[test]
fn a_newer_model_is_refused() {
    let error = Model::from_json("{\"version\": 99}").unwrap_err();
    assert_eq!(error.to_string(), "model version 99 cannot be read: this build reads versions 1 to 2");
}

#[test]
fn the_objective_of_a_schedule_is_that_of_the_unit_path() {
    let (data, _) = paths(30, 0, 3);
    let grid = FractionGrid::new(4, &SaleConstraints::default());
    let all: Vec<usize> = (0..30).collect();
    let sample = data.sample(&all, grid);
    let hold: Vec<f64> = (0..sample.rows() * 4).map(|place| ((place * 37 % 19) as f64 - 6.0) / 10.0).collect();
    let policy = TargetTable::greedy(&sample, grid, &hold);
    for (trade, got) in objectives(&sample, grid, &objective(), &policy).iter().enumerate() {
        let path = &data.paths()[trade].unit;
        let mut held = 4;
        let sold: Vec<scaleout_exits::Fraction> = (0..path.steps())
            .map(|step| {
                let row = sample.trades[trade].first_row + step;
                let target = if held == 0 { 0 } else { policy.target(row, held, grid) };
                let sold = scaleout_exits::Fraction::ratio((held - target) as u32, 4).unwrap();
                held = target;
                sold
            })
            .collect();
        assert!((got - path.objective_of(&sold, &objective())).abs() < 1e-9, "trade {trade}");
    }
}

#[test]
fn three_trades_are_too_few() {
    let (data, _) = paths(3, 0, 1);
    let learner = LearnerConfig::Linear(LinearConfig::default());
    let error = fit(&data, &[0, 1, 2], &objective(), &learner, &FitConfig::default(), 1, &Unwatched).unwrap_err();
    assert!(matches!(error, TrainingError::TooFewTrades { trades: 3, .. }), "{error}");
}

#[test]
fn without_a_reason_to_scale_out_everything_leaves_at_once() {
    let (data, _) = paths(300, 0, 1);
    let free = data.paths().iter().map(|path| {
        let mut path = path.clone();
        path.unit.terms.impact_r = 0.0;
        path
    });
    let data = TrainingData::new(data.layout().clone(), data.horizon_bars(), free.collect()).unwrap();
    let neutral = Objective { risk_aversion: 0.0, ..objective() };
    let train: Vec<usize> = (0..300).collect();
    let config =
        FitConfig { folds: 2, rounds: 4, search: SearchEffort::None, caution: Caution::None, ..FitConfig::default() };
    let learner = LearnerConfig::Linear(LinearConfig::default());
    let model = fit(&data, &train, &neutral, &learner, &config, 1, &Unwatched).unwrap();
    for path in data.paths() {
        for row in path.features.chunks_exact(data.layout().width()) {
            let target = model.target(&model.hold_values(row), 1.0, true, &path.unit.terms);
            assert!(target == 0.0 || target == 1.0, "a partial exit to {target}");
        }
    }
}
