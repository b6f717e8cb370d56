//! What a run learned: models and tuned baselines, a lesson for each fold and one from all trades.

pub(crate) mod checkpoint;
pub(crate) mod learned_from;
pub(crate) mod plan;

use scaleout_evaluation::Sample;
use scaleout_exits::policies::PolicyConfig;
use scaleout_model::{Model, PlanCard};
use serde::{Deserialize, Serialize};

use crate::{ExperimentConfig, ExperimentError, LearnedFrom};

/// Version of the file `model.json`.
pub const FITTED_VERSION: u32 = 1;

/// All that a run learned: what `model/model.json` holds, and what a backtest replays without fitting anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// Version of the format.
    pub version: u32,
    /// The experiment it was learned in.
    pub experiment: ExperimentConfig,
    /// Digest of the data it was learned from.
    pub data_sha256: String,
    /// What was learned for each fold from the trades before it; the backtest replays these.
    pub folds: Vec<FittedFold>,
    /// What was learned from all trades: for use on new data, without an out-of-sample result of its own.
    pub refit: Lesson,
    /// Settings tried in all folds together, tuning of baselines included.
    pub n_trials: usize,
    /// What the refit learned from; `None` in files of builds that did not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned_from: Option<LearnedFrom>,
    /// Whether the test trades are new to the lessons; a backtest on other data may find that they are not.
    #[serde(skip)]
    pub sample: Sample,
}

/// A fold: which trades taught and which test, by their places in the list of replayed entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedFold {
    /// Trades learned from.
    pub train: Vec<usize>,
    /// Trades tested on, all later.
    pub test: Vec<usize>,
    /// Earlier trades left out because their horizon reaches into the test span.
    pub purged: usize,
    /// Earlier trades left out by the embargo.
    pub embargoed: usize,
    /// What was learned.
    pub lesson: Lesson,
}

/// What one set of training trades taught: a tuned policy for each baseline and a model for each learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The tuned baselines.
    pub baselines: Vec<TunedBaseline>,
    /// The models, in the order of the config's learners.
    pub models: Vec<FittedModel>,
    /// Place of the model with the best J on purged validation trades inside the training span.
    pub chosen: usize,
    /// Settings tried: of every baseline and of every learner. The search for the card is not among them, because a
    /// card is never chosen as the candidate.
    pub n_trials: usize,
    /// The chosen model as the ladder that comes closest to it; `None` without a model.
    #[serde(default)]
    pub plan: Option<PlanCard>,
}

/// A baseline whose parameters have the best mean J on the training trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TunedBaseline {
    /// Name of the contestant.
    pub name: String,
    /// The policy with its parameters.
    pub policy: PolicyConfig,
    /// Mean J on the training trades, in R.
    pub training_objective: f64,
}

/// A model under the name of its learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedModel {
    /// Name of the learner.
    pub name: String,
    /// The model.
    pub model: Model,
}

impl Fitted {
    /// The file's contents; the same lessons give the same bytes.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("Invariant: only finite numbers and text keys") + "\n"
    }

    /// What `text` holds; `path` is named in errors.
    ///
    /// # Errors
    /// If the text is no such file, or of a version that this build does not read.
    pub fn from_json(text: &str, path: &std::path::Path) -> Result<Self, ExperimentError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let broken =
            |error: serde_json::Error| ExperimentError::Model { path: path.to_owned(), message: error.to_string() };
        let found = serde_json::from_str::<Versioned>(text).map_err(broken)?.version;
        if found != FITTED_VERSION {
            let message = format!("version {found}; accepted: {FITTED_VERSION}");
            return Err(ExperimentError::Model { path: path.to_owned(), message });
        }
        serde_json::from_str(text).map_err(broken)
    }
}
