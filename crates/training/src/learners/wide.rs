//! What a wide search tries beside a small one's settings: each of the settings that matter, moved by itself.

use std::num::NonZeroUsize;

use super::{
    DirectConfig, EnsembleConfig, GruConfig, LearnerConfig, LinearConfig, LogisticConfig, MlpConfig,
    ReadableTreeConfig, TreesConfig,
};

impl LearnerConfig {
    /// These settings, those of a small search, and others around them, each once.
    pub(crate) fn wide_variations(&self) -> Vec<Self> {
        let around = match self {
            Self::Linear(config) => linear(config).map(Self::Linear).to_vec(),
            Self::Logistic(config) => logistic(config).map(Self::Logistic).to_vec(),
            Self::BoostedTrees(config) => trees(config).map(Self::BoostedTrees).to_vec(),
            Self::ReadableTree(config) => readable(config).map(Self::ReadableTree).to_vec(),
            Self::Mlp(config) => perceptron(config).map(Self::Mlp).to_vec(),
            Self::Gru(config) => recurrent(config).map(Self::Gru).to_vec(),
            Self::Direct(config) => direct(config).map(Self::Direct).to_vec(),
            Self::Ensemble(config) => {
                let learners = config.learner.wide_variations().into_iter();
                let of = |learner| EnsembleConfig { learner: Box::new(learner), ..config.clone() };
                learners.map(|learner| Self::Ensemble(of(learner))).collect()
            }
        };
        let mut all = self.variations();
        for learner in around {
            if !all.contains(&learner) {
                all.push(learner);
            }
        }
        all
    }
}

/// Degree and how many features are multiplied; the strength of the penalty is the small search's.
fn linear(config: &LinearConfig) -> [LinearConfig; 4] {
    let with = |degree: u32, interacting| LinearConfig { degree: degree.clamp(1, 5), interacting, ..config.clone() };
    [
        with(config.degree - 1, config.interacting),
        with(config.degree + 1, config.interacting),
        with(config.degree, config.interacting + 2),
        with(config.degree, config.interacting.saturating_sub(2)),
    ]
}

fn logistic(config: &LogisticConfig) -> [LogisticConfig; 3] {
    let with = |degree: u32, penalty| LogisticConfig { degree: degree.clamp(1, 5), penalty, ..config.clone() };
    [
        with(config.degree - 1, config.penalty),
        with(config.degree + 1, config.penalty),
        with(config.degree, config.penalty * 0.1),
    ]
}

/// Learning rate, leaves, least weight of a leaf and ridge.
fn trees(config: &TreesConfig) -> [TreesConfig; 6] {
    let leaves = |leaves: usize| NonZeroUsize::new(leaves.max(2)).expect("Invariant: 2 is not 0");
    [
        TreesConfig { trees: config.trees * 2, learning_rate: config.learning_rate * 0.5, ..config.clone() },
        TreesConfig { leaves: leaves(config.leaves.get() * 2), ..config.clone() },
        TreesConfig { leaves: leaves(config.leaves.get() / 2), ..config.clone() },
        TreesConfig { min_leaf_share: config.min_leaf_share * 0.25, ..config.clone() },
        TreesConfig { min_leaf_share: (config.min_leaf_share * 4.0).min(0.4), ..config.clone() },
        TreesConfig { l2_share: config.l2_share * 10.0, ..config.clone() },
    ]
}

fn readable(config: &ReadableTreeConfig) -> [ReadableTreeConfig; 2] {
    let with = |min_leaf_share: f64| ReadableTreeConfig { min_leaf_share: min_leaf_share.min(0.4), ..config.clone() };
    [with(config.min_leaf_share * 0.4), with(config.min_leaf_share * 2.0)]
}

/// Learning rate, width and weight decay.
fn perceptron(config: &MlpConfig) -> [MlpConfig; 5] {
    let wide = |up: usize, down: usize| MlpConfig { hidden: scaled(&config.hidden, up, down), ..config.clone() };
    let rate = |factor: f64| MlpConfig { learning_rate: (config.learning_rate * factor).min(1.0), ..config.clone() };
    let decay = MlpConfig { weight_decay: (config.weight_decay * 10.0).min(10.0), ..config.clone() };
    [rate(0.4), rate(2.5), wide(2, 1), wide(1, 2), decay]
}

fn recurrent(config: &GruConfig) -> [GruConfig; 5] {
    let wide = |up: usize, down: usize| GruConfig {
        hidden: (config.hidden * up / down).max(1),
        head: scaled(&config.head, up, down),
        ..config.clone()
    };
    let rate = |factor: f64| GruConfig { learning_rate: (config.learning_rate * factor).min(1.0), ..config.clone() };
    let decay = GruConfig { weight_decay: (config.weight_decay * 10.0).min(10.0), ..config.clone() };
    [rate(0.4), rate(2.5), wide(2, 1), wide(1, 2), decay]
}

/// Its own learning rate and softness; the perceptron it starts from stays.
fn direct(config: &DirectConfig) -> [DirectConfig; 3] {
    let rate = |factor: f64| DirectConfig { learning_rate: (config.learning_rate * factor).min(1.0), ..config.clone() };
    [rate(0.3), rate(3.0), DirectConfig { temperature: config.temperature * 0.5, ..config.clone() }]
}

fn scaled(widths: &[usize], up: usize, down: usize) -> Vec<usize> {
    widths.iter().map(|width| (width * up / down).max(1)).collect()
}

#[cfg(test)]
mod tests {
    use crate::small_learners::small_learners;

    #[test]
    fn all_settings_of_a_wide_search_are_in_range_and_tried_once() {
        for learner in small_learners() {
            let tried = learner.wide_variations();
            assert_eq!(tried[0], learner);
            assert!(learner.variations().len() + 2 <= tried.len(), "{tried:?}");
            for (place, variation) in tried.iter().enumerate() {
                variation.check().unwrap();
                assert!(!tried[..place].contains(variation), "{variation:?} is tried twice");
            }
        }
    }
}
