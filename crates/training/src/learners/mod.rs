//! The learners behind one door: rows and targets in, a regressor out.

mod ensemble;
mod linear;
mod logistic;
mod moments;
mod neural;
mod trees;
mod wide;

use scaleout_model::Regressor;
use serde::{Deserialize, Serialize};

pub use ensemble::{EnsembleConfig, Members};
pub use linear::LinearConfig;
pub use logistic::LogisticConfig;
pub use neural::{DirectConfig, EarlyStopping, GruConfig, MlpConfig, fit_perceptron};
pub(crate) use trees::TreesFitting;
pub use trees::{ReadableTreeConfig, TreesConfig, fit_trees};

use crate::{TrainingError, data::Sample, realised::Rewards, rounds::Problem};

/// Which learner, with its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LearnerConfig {
    /// Elastic net on polynomial terms whose coefficients run piecewise linearly over the bars to the horizon.
    Linear(LinearConfig),
    /// Logistic regression of whether holding on is worth more than selling, on the terms of the linear learner.
    Logistic(LogisticConfig),
    /// Gradient-boosted trees over all bars at once.
    BoostedTrees(TreesConfig),
    /// One shallow tree, which reads as a rule.
    ReadableTree(ReadableTreeConfig),
    /// Multilayer perceptron over all bars at once.
    Mlp(MlpConfig),
    /// Recurrent network over the recent bars.
    Gru(GruConfig),
    /// Perceptron that maximises J itself, through a softened replay.
    Direct(DirectConfig),
    /// The mean of several fits, each on other trades.
    Ensemble(EnsembleConfig),
}

impl LearnerConfig {
    /// The name of the kind, as in a config.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Linear(_) => "linear",
            Self::Logistic(_) => "logistic",
            Self::BoostedTrees(_) => "boosted-trees",
            Self::ReadableTree(_) => "readable-tree",
            Self::Mlp(_) => "mlp",
            Self::Gru(_) => "gru",
            Self::Direct(_) => "direct",
            Self::Ensemble(_) => "ensemble",
        }
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value and what would be accepted.
    pub fn check(&self) -> Result<(), TrainingError> {
        match self {
            Self::Linear(config) => linear::check(config),
            Self::Logistic(config) => config.check(),
            Self::BoostedTrees(config) => trees::check(config),
            Self::ReadableTree(config) => trees::check(&config.trees()?),
            Self::Mlp(config) => config.check(),
            Self::Gru(config) => config.check(),
            Self::Direct(config) => config.check(),
            Self::Ensemble(config) => config.check(),
        }
    }

    /// Bars whose market features it reads, the present one among them.
    pub fn window(&self) -> u32 {
        match self {
            Self::Gru(config) => config.window,
            Self::Ensemble(config) => config.learner.window(),
            Self::Linear(_)
            | Self::Logistic(_)
            | Self::BoostedTrees(_)
            | Self::ReadableTree(_)
            | Self::Mlp(_)
            | Self::Direct(_) => 1,
        }
    }

    /// Whether it is quick enough to begin with holding everything, and not with what a linear fit found.
    pub(crate) fn starts_alone(&self) -> bool {
        match self {
            Self::Linear(_) => true,
            Self::Logistic(_)
            | Self::BoostedTrees(_)
            | Self::ReadableTree(_)
            | Self::Mlp(_)
            | Self::Gru(_)
            | Self::Direct(_)
            | Self::Ensemble(_) => false,
        }
    }

    /// Whether it can take any shape that the rows show.
    pub(crate) fn is_flexible(&self) -> bool {
        match self {
            Self::BoostedTrees(_) | Self::Mlp(_) | Self::Gru(_) | Self::Direct(_) => true,
            Self::Linear(_) | Self::Logistic(_) | Self::ReadableTree(_) => false,
            Self::Ensemble(config) => config.learner.is_flexible(),
        }
    }

    /// Whether another seed gives another fit.
    pub(crate) fn draws(&self) -> bool {
        match self {
            Self::Mlp(_) | Self::Gru(_) | Self::Direct(_) | Self::Logistic(_) => true,
            Self::Linear(_) | Self::BoostedTrees(_) | Self::ReadableTree(_) => false,
            Self::Ensemble(config) => config.over == Members::Draws || config.learner.draws(),
        }
    }

    /// Whether rows with noisy targets are to count for less: where one smooth function is fitted to all rows, because
    /// there the noise of some spoils the fit of the others. A leaf of a tree is a fit of its own, and a linear fit
    /// that misses the shape should miss it least where trades are, not where noise is small.
    pub(crate) fn weighs_noise(&self) -> bool {
        match self {
            Self::Mlp(_) | Self::Gru(_) => true,
            Self::Linear(_) | Self::Logistic(_) | Self::BoostedTrees(_) | Self::ReadableTree(_) | Self::Direct(_) => {
                false
            }
            Self::Ensemble(config) => config.learner.weighs_noise(),
        }
    }

    /// These settings, then a handful around them, none of them twice.
    pub(crate) fn variations(&self) -> Vec<Self> {
        let variations: Vec<Self> = match self {
            Self::Linear(config) => config.variations().into_iter().map(Self::Linear).collect(),
            Self::Logistic(config) => config.variations().into_iter().map(Self::Logistic).collect(),
            Self::BoostedTrees(config) => config.variations().into_iter().map(Self::BoostedTrees).collect(),
            Self::ReadableTree(config) => config.variations().into_iter().map(Self::ReadableTree).collect(),
            Self::Mlp(config) => config.variations().into_iter().map(Self::Mlp).collect(),
            Self::Gru(config) => config.variations().into_iter().map(Self::Gru).collect(),
            Self::Direct(config) => config.variations().into_iter().map(Self::Direct).collect(),
            Self::Ensemble(config) => config.variations().into_iter().map(Self::Ensemble).collect(),
        };
        let mut distinct: Vec<Self> = Vec::with_capacity(variations.len());
        for variation in variations {
            if !distinct.contains(&variation) {
                distinct.push(variation);
            }
        }
        distinct
    }

    /// Whatever does not depend on the targets: scalers, terms, binned or expanded rows of `sample`.
    pub(crate) fn prepare<'a>(
        &'a self,
        sample: &'a Sample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        match self {
            Self::Linear(config) => Ok(Box::new(linear::LinearFitting::new(config.clone(), sample, weights)?)),
            Self::Logistic(config) => Ok(Box::new(logistic::LogisticFitting::new(config, sample, weights, seed)?)),
            Self::BoostedTrees(config) => Ok(Box::new(TreesFitting::new(config.clone(), sample, weights)?)),
            Self::ReadableTree(config) => Ok(Box::new(TreesFitting::new(config.trees()?, sample, weights)?)),
            Self::Mlp(config) => Ok(Box::new(neural::MlpFitting::new(config, sample, weights, seed)?)),
            Self::Gru(config) => Ok(Box::new(neural::GruFitting::new(config, sample, weights, seed)?)),
            Self::Direct(config) => Ok(Box::new(neural::DirectFitting::new(config, sample, weights, seed)?)),
            Self::Ensemble(config) => Ok(Box::new(ensemble::EnsembleFitting::new(config, sample, &weights, seed)?)),
        }
    }
}

/// A learner that has seen the rows and waits for targets; rounds of policy improvement call it again and again.
pub(crate) trait Fitting {
    /// The regressor of `targets` (N × `outputs`) on the rows.
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<Fitted, TrainingError>;

    /// The regressor that is kept, where that is another than a round's; `None` where a round's will do.
    fn finish(&mut self, _targets: &[f64], _outputs: usize) -> Result<Option<Regressor>, TrainingError> {
        Ok(None)
    }

    /// The regressor of numbers that are wanted for their means and decide nothing by themselves.
    fn means(&mut self, targets: &[f64], outputs: usize) -> Result<Fitted, TrainingError> {
        match self.finish(targets, outputs)? {
            Some(finished) => Ok(Fitted::from(finished)),
            None => self.fit(targets, outputs),
        }
    }

    /// The regressor that is kept, where the learner goes on from `regressor` without targets; `None` where it does not.
    fn refine(
        &mut self,
        _problem: &Problem,
        _sample: &Sample,
        _rewards: Rewards<'_>,
        _regressor: &Regressor,
    ) -> Result<Option<Regressor>, TrainingError> {
        Ok(None)
    }
}

/// A regressor, with what it says of the rows it was fitted on where the fit came by that anyway.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    pub regressor: Regressor,
    /// Its predictions (N × outputs), the same as [`Regressor::predict`] gives to the bit.
    predictions: Option<Vec<f64>>,
}

impl Fitted {
    /// The regressor and its predictions for the rows of `train`, on which it was fitted.
    pub(crate) fn with_predictions(self, train: &Sample) -> (Regressor, Vec<f64>) {
        let Self { regressor, predictions } = self;
        let predictions = predictions.unwrap_or_else(|| regressor.predict(&train.features, train.width));
        (regressor, predictions)
    }
}

impl From<Regressor> for Fitted {
    fn from(regressor: Regressor) -> Self {
        Self { regressor, predictions: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small_learners::small_learners;

    #[test]
    fn the_settings_given_are_tried_first_and_none_twice() {
        let mut learners = small_learners();
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
}
