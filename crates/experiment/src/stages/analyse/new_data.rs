//! A stored model on another experiment: whether it still beats what it was judged against, and which features drifted.

use scaleout_evaluation::{Comparison, Evaluation, Sample};
use scaleout_export::{FeatureInput, ModelContract};
use scaleout_report::{DriftedFeature, NewComparison, NewData};
use scaleout_training::TrainingData;

use crate::{CANDIDATE, Fitted};

/// The model of `fitted` on new trades; `contract` is the one of its own run.
pub(super) fn new_data(
    fitted: &Fitted,
    evaluation: &Evaluation,
    contract: Option<&ModelContract>,
    data: &TrainingData,
) -> NewData {
    let verdict = &evaluation.verdict;
    let against = |baseline: Option<&String>, is_beaten: bool| {
        let found = evaluation
            .comparisons
            .iter()
            .find(|found| found.candidate == CANDIDATE && Some(&found.baseline) == baseline)?;
        let Comparison { baseline, mean_objective_difference, ci95, .. } = found.clone();
        Some(NewComparison { baseline, mean_objective_difference, ci95, is_beaten })
    };
    let places: Vec<usize> = fitted.folds.iter().flat_map(|fold| fold.test.iter().copied()).collect();
    let drifted = contract.map(|contract| {
        let independent = [contract.training.effective_trades, evaluation.power.effective_by_overlap];
        drifted(contract, &places, independent, data)
    });
    NewData {
        trained_in: fitted.experiment.name.clone(),
        beat_ladder_before: contract.map(|contract| contract.expected.better_than_ladder),
        verdict_before: contract.map(|contract| contract.expected.verdict.clone()),
        is_new: fitted.sample == Sample::OutOfSample,
        trades: places.len(),
        ladder: against(verdict.best_ladder.as_ref(), verdict.better_than_ladder),
        rule: against(verdict.rule.as_ref(), verdict.better_than_rule),
        features: drifted.unwrap_or_default(),
    }
}

/// The features of the rows of the trades at `places`, the most distant from their training first.
fn drifted(
    contract: &ModelContract,
    places: &[usize],
    independent: [f64; 2],
    data: &TrainingData,
) -> Vec<DriftedFeature> {
    let limit = limit(contract.features.len(), independent);
    let (stride, paths) = (data.layout().width(), data.paths());
    let of_feature = |(column, input): (usize, &FeatureInput)| {
        let rows = places.iter().flat_map(|&place| paths[place].features.chunks_exact(stride));
        let found = input.drift(rows.map(|row| row.get(column).copied().unwrap_or(f32::NAN)));
        let range = &input.training_range;
        DriftedFeature {
            feature: input.name.clone(),
            training: [range.low, range.median, range.high],
            median: found.median,
            outside_share: found.outside_share,
            missing_share: [range.missing_share, found.missing_share],
            distance: found.distance,
            limit,
        }
    };
    let mut features: Vec<DriftedFeature> = contract.features.iter().enumerate().map(of_feature).collect();
    let size = |feature: &DriftedFeature| feature.distance.unwrap_or(0.0);
    features.sort_by(|a, b| size(b).total_cmp(&size(a)));
    features
}

/// The distance of two samples of `independent` values that chance alone exceeds for one feature or more of `features` in
/// 5 %: √(−½ ln(α/2)) · √(1/n + 1/m) with α = .05 ÷ features (Smirnov, 1948).
fn limit(features: usize, independent: [f64; 2]) -> f64 {
    let alpha = 0.05 / features.max(1) as f64;
    let [n, m] = independent.map(|count| count.max(1.0));
    (-0.5 * (0.5 * alpha).ln()).sqrt() * (1.0 / n + 1.0 / m).sqrt()
}

#[cfg(test)]
mod tests {
    use super::limit;

    /// The 5 % point of the two-sample statistic is 1.358 · √(1/n + 1/m) for large samples.
    #[test]
    fn the_limit_is_smirnovs_and_grows_with_the_features() {
        assert!((limit(1, [1e4, 1e4]) - 1.358 * (2e-4_f64).sqrt()).abs() < 1e-5);
        assert!(limit(1, [100.0, 50.0]) < limit(20, [100.0, 50.0]));
        assert!(1.0 < limit(10, [100.0, 0.0]));
    }
}
