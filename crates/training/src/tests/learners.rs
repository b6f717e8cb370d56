//! What a search tries of every learner.

use crate::learners::{
    linear::config::LinearConfig, logistic::fitting::LogisticConfig, networks::direct::DirectConfig,
    registry::LearnerConfig,
};

#[test]
fn the_settings_given_are_tried_first_and_none_twice() {
    let mut learners = LearnerConfig::small();
    learners.push(LearnerConfig::Linear(LinearConfig { penalty: 0.0, ..LinearConfig::default() }));
    learners.push(LearnerConfig::Logistic(LogisticConfig { penalty: 0.0, ..LogisticConfig::default() }));
    learners.push(LearnerConfig::Direct(DirectConfig { epochs: 0.0, ..DirectConfig::default() }));
    for learner in learners {
        let variations = learner.variations();
        assert_eq!(variations[0], learner);
        for (place, variation) in variations.iter().enumerate() {
            assert!(!variations[..place].contains(variation), "{variation:?} is tried twice");
        }
    }
}

#[test]
fn what_direct_starts_from_is_tried_too() {
    let direct = DirectConfig::default();
    let alone = LearnerConfig::Direct(DirectConfig { epochs: 0.0, ..direct.clone() });
    assert_eq!(LearnerConfig::Direct(direct).variations()[1..], [alone]);
}

#[test]
fn all_settings_of_a_wide_search_are_in_range_and_tried_once() {
    for learner in LearnerConfig::small() {
        let tried = learner.wide_variations();
        assert_eq!(tried[0], learner);
        assert!(learner.variations().len() + 2 <= tried.len(), "{tried:?}");
        for (place, variation) in tried.iter().enumerate() {
            variation.check().unwrap();
            assert!(!tried[..place].contains(variation), "{variation:?} is tried twice");
        }
    }
}
