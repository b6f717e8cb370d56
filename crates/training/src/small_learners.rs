//! Every learner with settings small enough for tests that fit each of them.

use crate::{
    DirectConfig, EnsembleConfig, GruConfig, LearnerConfig, LinearConfig, LogisticConfig, Members, MlpConfig,
    ReadableTreeConfig, TreesConfig,
};

pub(crate) fn linear() -> LearnerConfig {
    LearnerConfig::Linear(LinearConfig::default())
}

pub(crate) fn logistic() -> LearnerConfig {
    LearnerConfig::Logistic(LogisticConfig { draws: 2_500, ..LogisticConfig::default() })
}

pub(crate) fn trees(trees: usize) -> LearnerConfig {
    LearnerConfig::BoostedTrees(TreesConfig { trees, ..TreesConfig::default() })
}

/// Reads five bars, those before the entry among them.
pub(crate) fn recurrent() -> LearnerConfig {
    LearnerConfig::Gru(gru(5, 80))
}

fn gru(window: u32, most_steps: usize) -> GruConfig {
    GruConfig { window, hidden: 4, head: vec![8], most_steps, batch: 128, ..GruConfig::default() }
}

fn network() -> MlpConfig {
    MlpConfig { hidden: vec![12], batch: 128, epochs: 0.1, least_steps: 80, ..MlpConfig::default() }
}

/// One of each kind.
pub(crate) fn small_learners() -> Vec<LearnerConfig> {
    let direct = DirectConfig { network: network(), epochs: 0.1, least_steps: 5, batch: 32, ..DirectConfig::default() };
    vec![
        linear(),
        logistic(),
        trees(15),
        LearnerConfig::ReadableTree(ReadableTreeConfig::default()),
        LearnerConfig::Mlp(network()),
        LearnerConfig::Gru(gru(3, 15)),
        LearnerConfig::Direct(direct),
        LearnerConfig::Ensemble(EnsembleConfig { learner: Box::new(linear()), members: 2, over: Members::Folds }),
    ]
}
