//! A readable tree as a rule.

use scaleout_model::Model;

use crate::{
    fitting::{
        config::{Caution, FitConfig, SearchEffort},
        fit::fit,
        progress::Unwatched,
    },
    fixtures::order_flow_market::{objective, paths},
    learners::{readable_tree::ReadableTreeConfig, registry::LearnerConfig},
};

#[test]
fn the_rule_names_the_signal_and_says_what_to_do() {
    let (data, _) = paths(300, 1, 1);
    let train: Vec<usize> = (0..300).collect();
    let config = FitConfig { folds: 2, search: SearchEffort::None, caution: Caution::None, ..FitConfig::default() };
    let learner = LearnerConfig::ReadableTree(ReadableTreeConfig { depth: 2, ..ReadableTreeConfig::default() });
    let model = fit(&data, &train, &objective(), &learner, &config, 1, &Unwatched).unwrap();
    let rule = model.readable_rule().unwrap();
    assert_eq!(rule.lines().count(), 4, "{rule}");
    assert!(rule.contains("column:signal") && rule.contains("hold "), "{rule}");
    assert!(rule.lines().all(|line| line.starts_with("if ")), "{rule}");
    assert_eq!(Model::from_json(&model.to_json()).unwrap().readable_rule(), Some(rule));
}
