//! What a run learned: models and tuned baselines, a lesson for each fold and one from all trades.

pub(crate) mod checkpoint;
pub(crate) mod choice;
#[cfg(test)]
mod hostile;
pub(crate) mod learned_from;
#[cfg(test)]
#[path = "../../../training/src/tests/mutants.rs"]
mod mutants;
pub(crate) mod out_of_range;
pub(crate) mod plan;

use std::path::Path;

use scaleout_evaluation::Sample;
use scaleout_exits::policies::PolicyConfig;
use scaleout_export::TrainingRange;
use scaleout_model::{Model, ModelError, PlanCard, Unsealed, sealed, unsealed};
use serde::{Deserialize, Serialize};

use crate::{ExperimentConfig, ExperimentError, LearnedFrom};

/// Version of the file `model.json`. Since version 2 it ends with its digest.
pub const FITTED_VERSION: u32 = 2;

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
    /// Place of the model with the best J on training trades that its fits did not see. A later one in the order of
    /// learners must be better than a simpler one by one standard error.
    pub chosen: usize,
    /// The tuned baseline that the model was held to; `None` without baselines, and in files of builds that had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<LessonFloor>,
    /// Settings tried: of every baseline and of every learner. The search for the card is not among them, because a
    /// card is never chosen as the candidate.
    pub n_trials: usize,
    /// The chosen model as the ladder that comes closest to it; `None` without a model.
    #[serde(default)]
    pub plan: Option<PlanCard>,
    /// Where the model is not used outside its training range: that of each feature of one bar, in the order of a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Vec<TrainingRange>>,
}

/// The tuned baseline that a careful trader would follow without any model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonFloor {
    /// Place of the baseline.
    pub baseline: usize,
    /// Mean J over the training trades, each under the baseline chosen without its own block of time, in R.
    pub objective: f64,
    /// Whether the candidate follows it, because no model earned more out of fold.
    pub is_followed: bool,
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
    /// The file's contents, which end with their digest; the same lessons give the same bytes.
    pub fn to_json(&self) -> String {
        sealed(&serde_json::to_string(self).expect("Invariant: only finite numbers and text keys"))
    }

    /// What `text` holds; `path` is named in errors. Files of version 1 have no digest and are read with the checks
    /// alone.
    ///
    /// # Errors
    /// If the text is no such file, of a version that this build does not read, damaged, or not [`Self::checked`].
    pub fn from_json(text: &str, path: &Path) -> Result<Self, ExperimentError> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let broken = |message: String| ExperimentError::Model { path: path.to_owned(), message };
        let Unsealed { json, is_sealed } = unsealed(text).map_err(|error| broken(error.to_string()))?;
        let found = serde_json::from_str::<Head>(&json).map_err(|error| broken(error.to_string()))?.version;
        match found {
            1 => {}
            FITTED_VERSION if is_sealed => {}
            FITTED_VERSION => return Err(broken(ModelError::Unsealed { version: found }.to_string())),
            _ => return Err(broken(format!("version {found}; accepted: 1 to {FITTED_VERSION}"))),
        }
        let fitted: Self = serde_json::from_str(&json).map_err(|error| broken(error.to_string()))?;
        let fitted = fitted.checked().map_err(broken)?;
        Ok(Self { version: FITTED_VERSION, ..fitted })
    }

    /// The lessons themselves, if every model can be used and all lessons are of the same learners and baselines.
    ///
    /// # Errors
    /// The first thing that is not so, where it stands and what would be accepted.
    pub fn checked(self) -> Result<Self, String> {
        if self.folds.is_empty() {
            return Err("folds = [] has no fold; accepted: one or more".to_owned());
        }
        self.refit.check().map_err(|message| format!("refit: {message}"))?;
        let names = self.refit.names();
        for (place, fold) in self.folds.iter().enumerate() {
            let within = |message: String| format!("folds[{place}]: {message}");
            if fold.test.is_empty() {
                return Err(within("test = [] has no trade; accepted: one or more".to_owned()));
            }
            fold.lesson.check().map_err(within)?;
            if fold.lesson.names() != names {
                return Err(within("other models or baselines than in `refit`; accepted: the same".to_owned()));
            }
            let models = fold.lesson.models.iter().zip(&self.refit.models);
            if let Some((model, _)) = models.clone().find(|(own, refit)| own.model.layout != refit.model.layout) {
                let name = &model.name;
                return Err(within(format!("`{name}` reads other features than in `refit`; accepted: the same")));
            }
        }
        Ok(self)
    }

    /// Nothing, if the folds are of `trades` trades; `path` is named in errors.
    ///
    /// # Errors
    /// A fold with a place beyond them.
    pub fn check_trades(&self, trades: usize, path: &Path) -> Result<(), ExperimentError> {
        let places = self.folds.iter().flat_map(|fold| fold.train.iter().chain(&fold.test));
        match places.max().filter(|place| trades <= **place) {
            None => Ok(()),
            Some(place) => {
                let message =
                    format!("a fold has trade {place}; accepted: below the {trades} trades of the experiment");
                Err(ExperimentError::Model { path: path.to_owned(), message })
            }
        }
    }
}

impl Lesson {
    /// Place of the baseline that the candidate follows instead of a model.
    pub fn follows(&self) -> Option<usize> {
        self.floor.as_ref().filter(|floor| floor.is_followed).map(|floor| floor.baseline)
    }

    /// The names of its models and baselines.
    fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let models = self.models.iter().map(|model| model.name.as_str());
        (models.collect(), self.baselines.iter().map(|baseline| baseline.name.as_str()).collect())
    }

    /// Nothing, if every model can be used and one of them is chosen.
    fn check(&self) -> Result<(), String> {
        if self.models.len().max(1) <= self.chosen {
            return Err(format!("chosen = {} is none of the {} models", self.chosen, self.models.len()));
        }
        if let Some(place) =
            self.floor.as_ref().map(|floor| floor.baseline).filter(|place| self.baselines.len() <= *place)
        {
            return Err(format!("floor.baseline = {place} is none of the {} baselines", self.baselines.len()));
        }
        self.models.iter().enumerate().try_for_each(|(place, FittedModel { name, model })| {
            let features = out_of_range::present_features(&model.layout);
            if let Some(found) = self.bounds.as_ref().map(Vec::len).filter(|found| *found != features) {
                return Err(format!(
                    "bounds has {found} ranges; accepted: {features}, one for each feature of `{name}`"
                ));
            }
            model.check().map_err(|error| format!("models[{place}], `{name}`: {error}"))
        })
    }
}
