//! What features are worth to a model.

use crate::{
    fitting::{
        config::{Caution, FitConfig, SearchEffort},
        fit::fit,
        progress::Unwatched,
    },
    fixtures::order_flow_market::{objective, paths},
    learners::{linear::config::LinearConfig, registry::LearnerConfig, trees::config::TreesConfig},
    permutation::permutation_importance,
};

#[test]
fn the_signal_and_the_variance_matter_and_noise_does_not() {
    let (data, _) = paths(400, 2, 5);
    let (train, test): (Vec<usize>, Vec<usize>) = ((0..300).collect(), (300..400).collect());
    let config =
        FitConfig { folds: 2, rounds: 3, search: SearchEffort::None, caution: Caution::None, ..FitConfig::default() };
    let trees = LearnerConfig::BoostedTrees(TreesConfig { trees: 20, ..TreesConfig::default() });
    for learner in [LearnerConfig::Linear(LinearConfig::default()), trees] {
        let model = fit(&data, &train, &objective(), &learner, &config, 1, &Unwatched).unwrap();
        let gains = scaleout_model::gain_importance(&model);
        assert!((gains.iter().map(|gain| gain.value).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(gains[2].value < gains[0].value && gains[3].value < gains[0].value, "{gains:?}");
        let lost = permutation_importance(&model, &data, &test, 2, 1);
        assert_eq!(lost[0].feature, "column:signal");
        assert!(0.0 < lost[0].value && lost[2].value < lost[0].value, "{lost:?}");
    }
}
