//! The fitting stage: for each fold, baselines tuned and models fitted on the same training trades.

use std::fs;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::policies::PolicyConfig;
use scaleout_features::{FeatureSet, FeatureSpec, definition};
use scaleout_training::{FitConfig, GridObjectives, LearnerConfig, RowLayout, TrainingData, Unwatched, fit};
use scaleout_validation::{Span, Split, walk_forward};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    ExperimentError, FITTED_VERSION, Fitted, FittedFold, FittedModel, Lesson, Prepared, Progress, RunFolder,
    TunedBaseline,
    baselines::Baseline,
    seeds::{Purpose, stream},
};

/// The section `[training]`: what the models look at and how they learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// Market features; the position features always come with them.
    pub features: FeatureSet,
    /// The learners that compete.
    pub learners: Vec<LearnerConfig>,
    /// Grid of fractions, rounds, inner folds and search.
    #[serde(default)]
    pub fit: FitConfig,
}

/// Learns everything: one lesson for each fold and one from all trades. Lessons already in the checkpoints of
/// `folder` are taken from there, so that an interrupted run goes on where it stopped and ends in the same bytes.
///
/// # Errors
/// If there are too few trades for the folds, or a learner cannot be fitted.
pub fn learn(prepared: &Prepared, folder: &RunFolder, progress: &dyn Progress) -> Result<Fitted, ExperimentError> {
    let config = &prepared.config;
    let spans: Vec<Span> = prepared.trades.iter().map(|trade| trade.span).collect();
    let splits = walk_forward(&spans, &config.validation)?;
    let data = training_data(prepared)?;
    let everything: Vec<usize> = (0..prepared.trades.len()).collect();
    let grids = grids(prepared, progress)?;

    progress.stage("learning", splits.len() as u64 + 1);
    let teach = |fold: usize, train: &[usize]| -> Result<Lesson, ExperimentError> {
        let checkpoint = Checkpoint::of(prepared, fold, train);
        let lesson = match checkpoint.load(folder) {
            Some(lesson) => lesson,
            None => {
                let lesson = lesson(prepared, &data, &grids, fold, train)?;
                checkpoint.store(folder, &lesson)?;
                lesson
            }
        };
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
    })
}

fn fold(split: Split, lesson: Lesson) -> FittedFold {
    let Split { train, test, purged, embargoed } = split;
    FittedFold { train, test, purged, embargoed, lesson }
}

pub(crate) fn training_data(prepared: &Prepared) -> Result<TrainingData, ExperimentError> {
    let config = &prepared.config;
    let specs = config.training.features.specs();
    let layout = RowLayout::standard(specs.to_vec(), volatility_of(specs));
    let placed = prepared.placed(0..prepared.trades.len());
    let table = prepared.table(specs)?;
    Ok(TrainingData::from_market(layout, &placed, prepared.view(), &table, &config.objective, &config.replay)?)
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
                &config.objective,
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

/// Tunes every baseline in J and fits every learner on the trades at `train`.
fn lesson(
    prepared: &Prepared,
    data: &TrainingData,
    grids: &[(String, GridObjectives)],
    fold: usize,
    train: &[usize],
) -> Result<Lesson, ExperimentError> {
    let config = &prepared.config;
    let tuned: Vec<TunedBaseline> = grids
        .iter()
        .filter_map(|(name, grid)| Some((name, grid.best_on(train)?)))
        .map(|(name, best)| TunedBaseline {
            name: name.clone(),
            policy: best.config,
            training_objective: best.mean_objective,
        })
        .collect();
    let seed = stream(config.seed, Purpose::Training { fold });
    let models: Vec<Result<FittedModel, ExperimentError>> = config
        .training
        .learners
        .par_iter()
        .map(|learner| {
            let model = fit(data, train, &config.objective, learner, &config.training.fit, seed, &Unwatched)?;
            Ok(FittedModel { name: learner.name().to_owned(), model })
        })
        .collect();
    let models = models.into_iter().collect::<Result<Vec<_>, _>>()?;
    let tried: usize = grids.iter().map(|(_, grid)| grid.settings().len()).sum();
    let n_trials = tried + models.iter().map(|model| model.model.training.trials).sum::<usize>();
    Ok(Lesson { baselines: tuned, chosen: best_on_validation(&models), models, n_trials })
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

/// The stored lesson of a fold, bound to everything that it depends on.
struct Checkpoint {
    name: String,
    key: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    key: String,
    lesson: Lesson,
}

/// Folder of the checkpoints inside the run folder; removed when the run is done.
pub(crate) const CHECKPOINTS: &str = "checkpoints";

impl Checkpoint {
    fn of(prepared: &Prepared, fold: usize, train: &[usize]) -> Self {
        let config = serde_json::to_string(&prepared.config).expect("Invariant: a config has only text keys");
        let facts = format!("{} {} {config} {train:?}", env!("CARGO_PKG_VERSION"), prepared.market.sha256);
        let key = Sha256::digest(facts.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { name: format!("{CHECKPOINTS}/fold-{fold}.json"), key }
    }

    /// The lesson, if it was stored whole and nothing it depends on has changed since.
    fn load(&self, folder: &RunFolder) -> Option<Lesson> {
        let text = fs::read_to_string(folder.path().join(&self.name)).ok()?;
        let stored: Stored = serde_json::from_str(&text).ok()?;
        (stored.key == self.key).then_some(stored.lesson)
    }

    fn store(&self, folder: &RunFolder, lesson: &Lesson) -> Result<(), ExperimentError> {
        let stored = Stored { key: self.key.clone(), lesson: lesson.clone() };
        let text = serde_json::to_string(&stored).expect("Invariant: only finite numbers and text keys");
        folder.write(&self.name, text.as_bytes())
    }
}
