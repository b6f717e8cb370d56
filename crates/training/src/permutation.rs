//! What a model loses where one feature tells nothing.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use scaleout_model::{MeasuredImportance, Model};

use crate::{
    problem::task::LearningTask,
    rows::{data::TrainingData, sample::RowSample},
};

/// Mean J lost on the trades at `indices` when one feature's values are dealt out at random among the rows with the
/// same number of bars to the horizon, in the order of the layout; the mean and deviation over `repeats`.
///
/// The trades must not be those the model was fitted on.
pub fn permutation_importance(
    model: &Model,
    data: &TrainingData,
    indices: &[usize],
    repeats: u32,
    seed: u64,
) -> Vec<MeasuredImportance> {
    let problem = LearningTask { grid: model.grid(), objective: model.objective.clone(), shape: model.shape };
    let data = data.with_window(model.layout.window).expect("Invariant: the rows are those of the model");
    let mut sample = data.sample(indices, problem.grid);
    let reached = |sample: &RowSample| problem.score(sample, &problem.policy(&model.regressor, sample)).1;
    let whole = reached(&sample);
    let mut rows_by_time = vec![Vec::new(); data.horizon_bars() as usize + 1];
    for (row, &bars) in sample.bars_to_horizon.iter().enumerate() {
        rows_by_time[bars as usize].push(row);
    }
    let width = sample.width;
    let names = model.layout.names();
    let mut importances = Vec::with_capacity(width);
    for (feature, name) in names.into_iter().enumerate() {
        let original: Vec<f32> = (0..sample.rows()).map(|row| sample.features[row * width + feature]).collect();
        let losses: Vec<f64> = (0..repeats)
            .map(|repeat| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(feature as u64 * u64::from(repeats) + u64::from(repeat));
                for rows in &rows_by_time {
                    let mut from = rows.clone();
                    from.shuffle(&mut rng);
                    for (&row, &other) in rows.iter().zip(&from) {
                        sample.features[row * width + feature] = original[other];
                    }
                }
                whole - reached(&sample)
            })
            .collect();
        for (row, value) in original.into_iter().enumerate() {
            sample.features[row * width + feature] = value;
        }
        let count = losses.len().max(1) as f64;
        let mean = losses.iter().sum::<f64>() / count;
        let square = losses.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>() / count;
        importances.push(MeasuredImportance { feature: name, value: mean, deviation: Some(square.sqrt()) });
    }
    importances
}
