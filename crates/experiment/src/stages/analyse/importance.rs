//! What the models look at: gains of the refit, permutations on the test trades of the folds.

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_model::{MeasuredImportance, gain_importance};
use scaleout_report::{FeatureImportance, ModelImportance};
use scaleout_training::{TrainingData, permutation_importance};

use crate::{
    Fitted, Prepared,
    seeds::{SeedPurpose, stream},
};

/// Times each feature is permuted.
const REPEATS: u32 = 2;

/// The importance of every feature to every learner, the most costly first.
pub(crate) fn importance(prepared: &Prepared, fitted: &Fitted, data: &TrainingData) -> Vec<ModelImportance> {
    let learners = 0..fitted.refit.models.len();
    learners.into_par_iter().map(|learner| of_learner(prepared, fitted, data, learner)).collect()
}

fn of_learner(prepared: &Prepared, fitted: &Fitted, data: &TrainingData, learner: usize) -> ModelImportance {
    let refit = &fitted.refit.models[learner];
    let seed = stream(prepared.config.seed, SeedPurpose::Importance);
    let folds: Vec<(usize, Vec<MeasuredImportance>)> = fitted
        .folds
        .par_iter()
        .map(|fold| {
            let model = &fold.lesson.models[learner].model;
            (fold.test.len(), permutation_importance(model, data, &fold.test, REPEATS, seed))
        })
        .collect();
    let trades: usize = folds.iter().map(|(trades, _)| trades).sum();
    let weight = |count: usize| count as f64 / trades.max(1) as f64;
    let features = gain_importance(&refit.model).into_iter().enumerate().map(|(place, gain)| {
        let of_fold = || folds.iter().map(|(count, measured)| (weight(*count), &measured[place]));
        let variance = of_fold().map(|(weight, one)| (weight * one.deviation.unwrap_or(0.0)).powi(2)).sum::<f64>();
        FeatureImportance {
            feature: gain.feature,
            gain_share: gain.value,
            permutation_lost_r: of_fold().map(|(weight, one)| weight * one.value).sum(),
            permutation_deviation_r: variance.sqrt(),
        }
    });
    let mut features: Vec<FeatureImportance> = features.collect();
    features.sort_by(|a, b| b.permutation_lost_r.total_cmp(&a.permutation_lost_r).then(a.feature.cmp(&b.feature)));
    ModelImportance { model: refit.name.clone(), is_chosen: learner == fitted.refit.chosen, trades, features }
}
