//! The learners that a config may name.

use serde::{Deserialize, Serialize};

use crate::{
    error::TrainingError,
    learners::{
        ensemble::EnsembleConfig,
        learner::Learner,
        linear::config::LinearConfig,
        logistic::fitting::LogisticConfig,
        networks::{direct::DirectConfig, perceptron::MlpConfig, recurrent::GruConfig},
        readable_tree::ReadableTreeConfig,
        trees::config::TreesConfig,
    },
};

/// Names every learner once: the variant, its settings, its name in a config and what it is.
macro_rules! learners {
    ($($learner:ident($config:ty), $kind:literal, $about:literal;)*) => {
        /// Which learner, with its settings: `kind = "linear"` and the settings of that kind.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", deny_unknown_fields)]
        pub enum LearnerConfig {
            $(#[doc = $about] #[serde(rename = $kind)] $learner($config),)*
        }

        impl LearnerConfig {
            /// The name in a config and a description of every kind.
            pub const KINDS: &'static [(&'static str, &'static str)] = &[$(($kind, $about),)*];

            /// Every kind with its default settings.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$learner(<$config>::default()),)*]
            }

            /// The name of the kind, as in a config.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$learner(_) => $kind,)*
                }
            }

            /// The settings as a learner.
            pub(crate) fn learner(&self) -> &dyn Learner {
                match self {
                    $(Self::$learner(config) => config,)*
                }
            }

            /// These settings, then a handful around them, none of them twice.
            pub(crate) fn variations(&self) -> Vec<Self> {
                distinct(match self {
                    $(Self::$learner(config) => config.variations().into_iter().map(Self::$learner).collect(),)*
                })
            }

            /// These settings, those of a small search, and others around them, each once.
            pub(crate) fn wide_variations(&self) -> Vec<Self> {
                let mut all = self.variations();
                match self {
                    $(Self::$learner(config) => {
                        all.extend(config.wide_variations().into_iter().map(Self::$learner));
                    })*
                }
                distinct(all)
            }

            /// One of each kind, with settings small enough for tests that fit each of them.
            #[cfg(test)]
            pub(crate) fn small() -> Vec<Self> {
                vec![$(Self::$learner(<$config as Learner>::small()),)*]
            }
        }
    };
}

learners! {
    Linear(LinearConfig), "linear", "Elastic net on polynomial terms or splines; coefficients run over the bars left.";
    Logistic(LogisticConfig), "logistic", "Logistic regression of whether holding beats selling, on the linear terms.";
    BoostedTrees(TreesConfig), "boosted-trees", "Gradient-boosted trees over all bars at once.";
    ReadableTree(ReadableTreeConfig), "readable-tree", "One shallow tree, which reads as a rule.";
    Mlp(MlpConfig), "mlp", "Multilayer perceptron over all bars at once.";
    Gru(GruConfig), "gru", "Recurrent network over the recent bars.";
    Direct(DirectConfig), "direct", "Perceptron that maximises J itself, through a softened replay.";
    Ensemble(EnsembleConfig), "ensemble", "The mean of several fits, each on other trades.";
}

impl LearnerConfig {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value and what would be accepted.
    pub fn check(&self) -> Result<(), TrainingError> {
        self.learner().check()
    }

    /// Bars whose market features it reads, the present one among them.
    pub fn window(&self) -> u32 {
        self.learner().window()
    }
}

/// Each of `learners` once, in order.
fn distinct(learners: Vec<LearnerConfig>) -> Vec<LearnerConfig> {
    let mut distinct: Vec<LearnerConfig> = Vec::with_capacity(learners.len());
    for learner in learners {
        if !distinct.contains(&learner) {
            distinct.push(learner);
        }
    }
    distinct
}
