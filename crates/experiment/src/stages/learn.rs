//! The fitting stage: for each fold, baselines tuned and models fitted on the same training trades.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::Sample;
use scaleout_exits::policies::PolicyConfig;
use scaleout_features::{FeatureSet, FeatureSpec, definition};
use scaleout_model::RowLayout;
use scaleout_training::{FitConfig, GridObjectives, LearnerConfig, TrainingData, TrainingError, fit};
use scaleout_validation::Split;
use serde::{Deserialize, Serialize};

use crate::{
    ExperimentError, FITTED_VERSION, Fitted, FittedFold, FittedModel, LearnedFrom, Lesson, Prepared, Progress,
    RunFolder, TunedBaseline,
    config::baselines::Baseline,
    lessons::checkpoint::Checkpoint,
    lessons::plan::card,
    progress::Watched,
    seeds::{Purpose, stream},
};

/// The section `[training]`: what the models look at and how they learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// Market features.
    pub features: FeatureSet,
    /// Position features; all of them by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionFeatures>,
    /// The learners that compete.
    pub learners: Vec<LearnerConfig>,
    /// Grid of fractions, rounds, inner folds and search.
    #[serde(default)]
    pub fit: FitConfig,
}

/// Position features that exist, the bars to the horizon among them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct PositionFeatures(Vec<String>);

impl TryFrom<Vec<String>> for PositionFeatures {
    type Error = TrainingError;

    fn try_from(names: Vec<String>) -> Result<Self, TrainingError> {
        RowLayout { market: Vec::new(), position: names.clone(), volatility: None, window: 1 }.resolve()?;
        Ok(Self(names))
    }
}

impl From<PositionFeatures> for Vec<String> {
    fn from(features: PositionFeatures) -> Self {
        features.0
    }
}

/// Learns everything: one lesson for each fold and one from all trades. Models already in the checkpoints of
/// `folder` are taken from there, so that an interrupted run goes on where it stopped and ends in the same bytes.
///
/// # Errors
/// If there are too few trades for the folds, or a learner cannot be fitted.
pub fn learn(prepared: &Prepared, folder: &RunFolder, progress: &dyn Progress) -> Result<Fitted, ExperimentError> {
    let config = &prepared.config;
    let splits = prepared.splits()?;
    let data = training_data(prepared)?;
    let everything: Vec<usize> = (0..prepared.trades.len()).collect();
    let grids = grids(prepared, progress)?;

    progress.stage("learning", splits.len() as u64 + 1);
    let teach = |fold: usize, train: &[usize]| -> Result<Lesson, ExperimentError> {
        let lesson = Teacher { prepared, data: &data, grids: &grids, folder, progress }.lesson(fold, train)?;
        let chosen = &lesson.models.get(lesson.chosen).map_or("no model", |model| model.name.as_str());
        progress.step(&format!("{} trades: {chosen}", train.len()));
        Ok(lesson)
    };
    let jobs: Vec<(usize, &[usize])> =
        splits.iter().map(|split| split.train.as_slice()).chain([everything.as_slice()]).enumerate().collect();
    let lessons: Vec<Result<Lesson, ExperimentError>> =
        jobs.par_iter().map(|&(fold, train)| teach(fold, train)).collect();
    let mut lessons = lessons.into_iter().collect::<Result<Vec<_>, _>>()?;
    let refit = lessons.pop().expect("Invariant: the refit is the last lesson");
    let n_trials = lessons.iter().map(|lesson| lesson.n_trials).sum();
    let folds = splits.into_iter().zip(lessons).map(|(split, lesson)| fold(split, lesson)).collect();
    Ok(Fitted {
        version: FITTED_VERSION,
        experiment: config.clone(),
        data_sha256: prepared.market.sha256.clone(),
        folds,
        refit,
        n_trials,
        learned_from: Some(LearnedFrom::all_of(prepared)),
        sample: Sample::OutOfSample,
    })
}

fn fold(split: Split, lesson: Lesson) -> FittedFold {
    let Split { train, test, purged, embargoed } = split;
    FittedFold { train, test, purged, embargoed, lesson }
}

pub(crate) fn training_data(prepared: &Prepared) -> Result<TrainingData, ExperimentError> {
    let config = &prepared.config;
    let specs = config.training.features.specs();
    // Learners that read fewer bars are given the same rows without the others.
    let window = config.training.learners.iter().map(LearnerConfig::window).max().unwrap_or(1);
    let mut layout = RowLayout::standard(specs.to_vec(), volatility_of(specs)).with_window(window);
    if let Some(position) = config.training.position.clone() {
        layout.position = position.into();
    }
    let placed = prepared.placed(0..prepared.trades.len());
    let table = prepared.table(specs)?;
    Ok(TrainingData::from_market(layout, &placed, prepared.view(), &table, &prepared.objective, &config.replay)?)
}

/// The first feature that can serve as the volatility that is compared with that at the entry.
pub(crate) fn volatility_of(specs: &[FeatureSpec]) -> Option<&FeatureSpec> {
    let is_volatility = |spec: &&FeatureSpec| {
        definition(&spec.name).is_some_and(|definition| definition.family == scaleout_features::Family::Volatility)
    };
    specs.iter().find(is_volatility)
}

/// J of every trade under every setting of every baseline: replayed once, chosen from for each fold.
fn grids(prepared: &Prepared, progress: &dyn Progress) -> Result<Vec<(String, GridObjectives)>, ExperimentError> {
    let config = &prepared.config;
    let placed = prepared.placed(0..prepared.trades.len());
    progress.stage("ladders", prepared.baselines.len() as u64);
    let grids: Vec<Result<_, ExperimentError>> = prepared
        .baselines
        .par_iter()
        .map(|Baseline { name, grid }| {
            let table = prepared.table(&inputs_of(grid))?;
            let settings = grid.clone();
            let replayed = GridObjectives::replay_settings(
                settings,
                &placed,
                prepared.view(),
                &table,
                &prepared.objective,
                &config.replay,
            )?;
            progress.step(name);
            Ok((name.clone(), replayed))
        })
        .collect();
    grids.into_iter().collect()
}

fn inputs_of(settings: &[PolicyConfig]) -> Vec<FeatureSpec> {
    let mut inputs = Vec::new();
    for spec in settings.iter().flat_map(|setting| setting.build().inputs()) {
        if !inputs.contains(&spec) {
            inputs.push(spec);
        }
    }
    inputs
}

/// Everything that a lesson is made from.
struct Teacher<'a> {
    prepared: &'a Prepared,
    data: &'a TrainingData,
    grids: &'a [(String, GridObjectives)],
    folder: &'a RunFolder,
    progress: &'a dyn Progress,
}

impl Teacher<'_> {
    /// Tunes every baseline in J, fits every learner on the trades at `train` and writes the card of the one chosen.
    fn lesson(&self, fold: usize, train: &[usize]) -> Result<Lesson, ExperimentError> {
        let tuned = |(name, grid): &(String, GridObjectives)| {
            let best = grid.best_on(train)?;
            Some(TunedBaseline { name: name.clone(), policy: best.config, training_objective: best.mean_objective })
        };
        let baselines: Vec<TunedBaseline> = self.grids.iter().filter_map(tuned).collect();
        let learners = names(&self.prepared.config.training.learners);
        let models: Vec<Result<FittedModel, ExperimentError>> =
            learners.par_iter().map(|(name, learner)| self.model(fold, train, name, learner)).collect();
        let models = models.into_iter().collect::<Result<Vec<_>, _>>()?;
        let tried: usize = self.grids.iter().map(|(_, grid)| grid.settings().len()).sum();
        let n_trials = tried + models.iter().map(|model| model.model.training.trials).sum::<usize>();
        let chosen = best_on_validation(&models);
        let plan = match models.get(chosen) {
            Some(model) => Checkpoint::new(self.prepared, self.folder, &format!("fold-{fold}-plan"), train)
                .or_do(|| card(self.prepared, self.grids, &model.model, train))?,
            None => None,
        };
        Ok(Lesson { baselines, chosen, models, n_trials, plan })
    }

    /// The model of one learner, from its checkpoint if there is one.
    fn model(
        &self,
        fold: usize,
        train: &[usize],
        name: &str,
        learner: &LearnerConfig,
    ) -> Result<FittedModel, ExperimentError> {
        let Self { prepared, data, folder, progress, .. } = self;
        let config = &prepared.config;
        let place = if fold == prepared.splits()?.len() { "refit".to_owned() } else { format!("fold {}", fold + 1) };
        let watch = Watched::new(*progress, &place, name);
        let file = format!("fold-{fold}-{}", name.replace(' ', "-"));
        let model = Checkpoint::new(prepared, folder, &file, train).or_do(|| {
            watch.start();
            let seed = stream(config.seed, Purpose::Training { fold });
            let model = fit(data, train, &prepared.objective, learner, &config.training.fit, seed, &watch)
                .map_err(|source| ExperimentError::Fit { fold: place, learner: name.to_owned(), source })?;
            Ok(FittedModel { name: name.to_owned(), model })
        })?;
        watch.finish(model.model.training.trials);
        Ok(model)
    }
}

/// The learners under their names: a kind that comes again is numbered.
pub(crate) fn names(learners: &[LearnerConfig]) -> Vec<(String, &LearnerConfig)> {
    let name = |place: usize, learner: &LearnerConfig| {
        let before = learners[..place].iter().filter(|earlier| earlier.name() == learner.name()).count();
        if before == 0 { learner.name().to_owned() } else { format!("{} {}", learner.name(), before + 1) }
    };
    learners.iter().enumerate().map(|(place, learner)| (name(place, learner), learner)).collect()
}

/// Place of the model with the highest J on its validation trades; the first of equals.
fn best_on_validation(models: &[FittedModel]) -> usize {
    let score = |model: &FittedModel| model.model.training.validation_objective.unwrap_or(f64::NEG_INFINITY);
    let mut best = 0;
    for place in 1..models.len() {
        if score(&models[best]) < score(&models[place]) {
            best = place;
        }
    }
    best
}
