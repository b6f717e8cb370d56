//! The reference problem B7 (order flow and volatility regime) for tests: seeded paths and its known optimum.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, UnitPath, Utility};
use scaleout_market::{PathSinceEntry, Side, Timestamp};
use scaleout_model::{RowLayout, RowSource};
use scaleout_validation::Span;

use crate::{PathRows, TrainingData};

pub(crate) const HORIZON: u32 = 60;
pub(crate) const OPTIMUM: f64 = -0.20657;
pub(crate) const FEATURE_BLIND: f64 = -0.38125;

pub(crate) fn objective() -> Objective {
    Objective { utility: Utility::MeanVariance, risk_aversion: 0.3, variance_column: None }
}

/// `paths` trades with realised noisy returns, σ² as the variance column, and `noise` features of no meaning.
/// Also the true drift of every row, for scoring without the noise.
pub(crate) fn paths(paths: usize, noise: usize, seed: u64) -> (TrainingData, Vec<Vec<f64>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drifts = Vec::new();
    let names = ["signal".to_owned(), "variance".to_owned()].into_iter();
    let names = names.chain((0..noise).map(|place| format!("noise_{place}")));
    let layout = RowLayout::standard(names.map(|name| format!("column:{name}").parse().unwrap()).collect(), None);
    let maker = layout.resolve().unwrap();
    let rows = (0..paths)
        .map(|number| {
            let mut normal = || rng.sample::<f64, _>(StandardNormal);
            let mut signal = 0.15 * normal();
            let mut uniform = ChaCha8Rng::seed_from_u64(seed ^ (number as u64 + 1) << 20);
            let mut high = uniform.random_bool(1.0 / 3.0);
            let (mut r, mut variance, mut features, mut drift) = (vec![], vec![], vec![], vec![]);
            let (mut unrealised, mut mfe, mut mae) = (0.0_f64, 0.0_f64, 0.0_f64);
            for step in 0..HORIZON {
                let sigma = if high { 2.0 } else { 1.0 };
                let mut inputs = vec![Some(signal), Some(sigma * sigma)];
                inputs.extend((0..noise).map(|_| Some(normal())));
                let path = PathSinceEntry { bars_held: step, unrealised_r: unrealised, mfe_r: mfe, mae_r: mae };
                let source = RowSource {
                    inputs: &inputs,
                    inputs_at_entry: &inputs,
                    inputs_before: &[],
                    side: Side::Long,
                    path,
                    bars_to_horizon: HORIZON - step,
                };
                maker.push_row(&source, &mut features);
                let gain = signal + sigma * normal();
                r.push(gain);
                variance.push(sigma * sigma);
                drift.push(signal);
                unrealised += gain;
                mfe = mfe.max(unrealised);
                mae = mae.min(unrealised);
                signal = 0.9 * signal + 0.15 * 0.19_f64.sqrt() * normal();
                high = if high { !uniform.random_bool(0.10) } else { uniform.random_bool(0.05) };
            }
            drifts.push(drift);
            let terms = TradeTerms {
                proportional_r: 0.10,
                per_order_r: 0.0,
                impact_r: 0.5,
                impact_power: 2.0,
                lots: None,
                min_lots: 0,
            };
            let unit = UnitPath::from_steps(0, r, variance, false, terms);
            let start = number as i64 * 1_000;
            let span = Span::new(Timestamp::from_secs(start), Timestamp::from_secs(start + 900)).unwrap();
            PathRows { span, unit, features }
        })
        .collect();
    (TrainingData::new(layout, HORIZON, rows).unwrap(), drifts)
}

/// The same with rows of `window` bars, missing before the fill.
pub(crate) fn windowed_paths(number: usize, window: u32, seed: u64) -> TrainingData {
    windowed(&paths(number, 0, seed).0, window)
}

/// `data` with rows of `window` bars, missing before the fill.
pub(crate) fn windowed(data: &TrainingData, window: u32) -> TrainingData {
    if window == data.layout().window {
        return data.clone();
    }
    let (width, market) = (data.layout().width(), data.layout().market.len());
    let layout = data.layout().clone().with_window(window);
    let rows = data.paths().iter().map(|path| {
        let row = |step: usize| &path.features[step * width..][..width];
        let mut features = Vec::new();
        for step in 0..path.unit.r.len() {
            features.extend_from_slice(row(step));
            for bars in 1..window as usize {
                match step.checked_sub(bars) {
                    Some(step) => features.extend_from_slice(&row(step)[..market]),
                    None => features.extend(std::iter::repeat_n(f32::NAN, market)),
                }
            }
        }
        PathRows { features, ..path.clone() }
    });
    TrainingData::new(layout, data.horizon_bars(), rows.collect()).unwrap()
}

/// The same trades with the true drift for a gain: the score of a policy on them has little noise.
pub(crate) fn scoring(number: usize, noise: usize, seed: u64) -> TrainingData {
    let (data, drifts) = paths(number, noise, seed);
    let rows = data
        .paths()
        .iter()
        .zip(drifts)
        .map(|(path, drift)| {
            let mut path = path.clone();
            path.unit.r = drift;
            path
        })
        .collect();
    TrainingData::new(data.layout().clone(), HORIZON, rows).unwrap()
}
