//! Features and learners of the models.

use std::collections::BTreeMap;

use scaleout_export::WhenOutOfRange;
use scaleout_features::FeatureSet;
use scaleout_model::{ColumnMirror, RowLayout, Sides};
use scaleout_training::{FitConfig, LearnerConfig, TrainingError};
use serde::{Deserialize, Serialize};

/// The section `[training]`: features and learners of the models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// Market features.
    pub features: FeatureSet,
    /// Position features; all of them by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionFeatures>,
    /// How longs and shorts teach one model.
    #[serde(default)]
    pub sides: Sides,
    /// What becomes of columns on the mirrored market: `{ sentiment = "negated", vix = "unchanged" }`. A column of
    /// which nothing is said enters a row as it is and times the side.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mirror: BTreeMap<String, ColumnMirror>,
    /// The learners that compete.
    pub learners: Vec<LearnerConfig>,
    /// What a model does where a feature is outside its training range: `"flag"` decides as ever, `"fallback"` sells all.
    #[serde(default, skip_serializing_if = "is_flag")]
    pub out_of_range: WhenOutOfRange,
    /// Grid of fractions, rounds, inner folds and search.
    #[serde(default)]
    pub fit: FitConfig,
}

impl TrainingConfig {
    /// Bars that the learner which looks at the most is shown, the present one among them.
    pub(crate) fn window(&self) -> u32 {
        self.learners.iter().map(LearnerConfig::window).max().unwrap_or(1).max(1)
    }
}

/// A config that says nothing of it is written as before.
fn is_flag(when: &WhenOutOfRange) -> bool {
    *when == WhenOutOfRange::Flag
}

/// Position features that exist, the bars to the horizon among them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct PositionFeatures(Vec<String>);

impl TryFrom<Vec<String>> for PositionFeatures {
    type Error = TrainingError;

    fn try_from(names: Vec<String>) -> Result<Self, TrainingError> {
        RowLayout { position: names.clone(), ..RowLayout::standard(Vec::new(), None) }.resolve()?;
        Ok(Self(names))
    }
}

impl From<PositionFeatures> for Vec<String> {
    fn from(features: PositionFeatures) -> Self {
        features.0
    }
}

/// The learners with their names; a repeated kind is numbered.
pub(crate) fn names(learners: &[LearnerConfig]) -> Vec<(String, &LearnerConfig)> {
    let name = |place: usize, learner: &LearnerConfig| {
        let before = learners[..place].iter().filter(|earlier| earlier.name() == learner.name()).count();
        if before == 0 { learner.name().to_owned() } else { format!("{} {}", learner.name(), before + 1) }
    };
    learners.iter().enumerate().map(|(place, learner)| (name(place, learner), learner)).collect()
}
