//! A surrogate tree beside the model it imitates.

use crate::{
    fitting::{
        config::{Caution, FitConfig, SearchEffort},
        fit::fit,
        progress::Unwatched,
    },
    fixtures::{
        order_flow_market::{objective, paths, windowed},
        small_learners::{linear, recurrent},
    },
    learners::readable_tree::ReadableTreeConfig,
    surrogate::{Distilled, distil},
};

#[test]
fn a_tree_says_most_of_what_a_model_does() {
    for learner in [linear(), recurrent()] {
        let data = windowed(&paths(300, 1, 1).0, learner.window());
        let train: Vec<usize> = (0..300).collect();
        let config = FitConfig { folds: 2, search: SearchEffort::None, caution: Caution::None, ..FitConfig::default() };
        let model = fit(&data, &train, &objective(), &learner, &config, 1, &Unwatched).unwrap();
        let distilled = distil(&model, &data, &train, &ReadableTreeConfig::default()).unwrap();
        let rule = distilled.model.readable_rule().unwrap();
        assert!(!rule.is_empty());
        assert_eq!(distilled.model.layout.width(), paths(1, 1, 1).0.layout().width());
        // The network is hardly trained here, so only the other has a signal to pass on; selling at once earns −.6.
        if learner.window() == 1 {
            let Distilled { model_objective, tree_objective, .. } = distilled;
            assert!(rule.contains("column:signal"), "{rule}");
            assert!(model_objective - 0.15 < tree_objective, "{model_objective} {tree_objective}");
        }
    }
}
