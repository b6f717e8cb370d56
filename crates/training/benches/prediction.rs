//! Hold values a second on one thread, of the learners at their default size: 30 features, four fractions.
#![allow(missing_docs)]

use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, UnitPath};
use scaleout_market::Timestamp;
use scaleout_model::RowLayout;
use scaleout_training::{
    FitConfig, LearnerConfig, LinearConfig, MlpConfig, PathRows, SearchEffort, TrainingData, TreesConfig, Unwatched,
    fit,
};
use scaleout_validation::Span;

const HORIZON: usize = 20;
const FEATURES: usize = 29;

/// Trades whose gains follow the first features a little.
fn data(trades: usize) -> TrainingData {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let market = (0..FEATURES).map(|place| format!("column:f{place}").parse().expect("a column is a feature"));
    let position = vec!["bars_to_horizon".to_owned()];
    let layout = RowLayout { position, ..RowLayout::standard(market.collect(), None) };
    let terms = TradeTerms {
        proportional_r: 0.05,
        per_order_r: 0.0,
        impact_r: 0.2,
        impact_power: 2.0,
        lots: None,
        min_lots: 0,
    };
    let paths = (0..trades as i64).map(|number| {
        let (mut features, mut gains) = (Vec::new(), Vec::new());
        for step in 0..HORIZON {
            let row: Vec<f32> = (0..FEATURES).map(|_| rng.sample::<f32, _>(StandardNormal)).collect();
            let told: f64 = row[..8].iter().map(|value| f64::from(*value)).sum();
            gains.push(0.05 * told + rng.sample::<f64, _>(StandardNormal));
            features.extend(row);
            features.push((HORIZON - step) as f32);
        }
        let unit = UnitPath::from_steps(0, gains, vec![1.0; HORIZON], false, terms);
        let start = Timestamp::from_secs(number * 1_000);
        let span = Span::new(start, Timestamp::from_secs(number * 1_000 + 900)).expect("a trade takes time");
        PathRows { span, unit, features }
    });
    TrainingData::new(layout, HORIZON as u32, paths.collect()).expect("Invariant: the trades are well formed")
}

fn main() {
    let data = data(2_000);
    let train: Vec<usize> = (0..data.paths().len()).collect();
    let config = FitConfig { folds: 2, rounds: 2, search: SearchEffort::None, ..FitConfig::default() };
    let width = data.layout().width();
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let rows = 300_000;
    let features: Vec<f32> = (0..rows * width).map(|_| rng.sample::<f32, _>(StandardNormal)).collect();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    println!("{rows} rows x {width} features, 4 fractions, one thread");
    for (learner, wanted) in [
        (LearnerConfig::Linear(LinearConfig::default()), 1_000_000.0),
        (LearnerConfig::BoostedTrees(TreesConfig::default()), 300_000.0),
        (LearnerConfig::Mlp(MlpConfig::default()), 300_000.0),
    ] {
        let model = fit(&data, &train, &Objective::mean_variance(0.3), &learner, &config, 1, &Unwatched)
            .expect("Invariant: the trades are fit to learn from");
        let seconds = (0..3)
            .map(|_| {
                let start = Instant::now();
                let hold = alone.install(|| model.hold_values(&features));
                assert_eq!(hold.len(), rows * 4);
                start.elapsed().as_secs_f64()
            })
            .fold(f64::INFINITY, f64::min);
        let reached = rows as f64 / seconds;
        println!("{:14} {reached:>10.0} rows/s, {:.2} x the {wanted:.0} wanted", learner.name(), reached / wanted);
    }
}
