//! The fitting stage: for each fold, baselines tuned and models fitted on the same training trades.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::Sample;
use scaleout_exits::{EntryOnMarket, policies::PolicyConfig};
use scaleout_export::WhenOutOfRange;
use scaleout_features::FeatureSpec;
use scaleout_training::{GridObjectives, Learned, LearnerConfig, TrainingData, learn as learn_exit};
use scaleout_validation::{Span, Split};
use serde::{Deserialize, Serialize};

use crate::{
    ExperimentError, FITTED_VERSION, Fitted, FittedFold, FittedModel, Lesson, LessonFloor, Prepared, Progress,
    RunFolder, TunedBaseline,
    config::{baselines::Baseline, training::names},
    lessons::checkpoint::Checkpoint,
    lessons::{
        choice::{JudgedFit, simplest_of_best},
        out_of_range::bounds,
        plan::card,
    },
    progress::Watched,
    seeds::{SeedPurpose, stream},
    stages::{adds::check_models, floor::Floor, new_trades::learned_from_all},
};

/// Learns everything: one lesson for each fold and one from all trades. Models already in the checkpoints of
/// `folder` are taken from there, so that an interrupted run goes on where it stopped and ends in the same bytes.
///
/// # Errors
/// If there are too few trades for the folds, or a learner cannot be fitted.
pub fn learn(prepared: &Prepared, folder: &RunFolder, progress: &dyn Progress) -> Result<Fitted, ExperimentError> {
    let config = &prepared.config;
    check_models(prepared, !config.training.learners.is_empty())?;
    let splits = prepared.splits()?;
    let data = prepared.rows()?;
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
        data_sha256: prepared.data_sha256.clone(),
        folds,
        refit,
        n_trials,
        learned_from: Some(learned_from_all(prepared)),
        sample: Sample::OutOfSample,
    })
}

fn fold(split: Split, lesson: Lesson) -> FittedFold {
    let Split { train, test, purged, embargoed } = split;
    FittedFold { train, test, purged, embargoed, lesson }
}

/// J of every trade under every setting of every baseline: replayed once, chosen from for each fold.
fn grids(prepared: &Prepared, progress: &dyn Progress) -> Result<Vec<(String, GridObjectives)>, ExperimentError> {
    let config = &prepared.config;
    progress.stage("ladders", prepared.baselines.len() as u64);
    let grids: Vec<Result<_, ExperimentError>> = prepared
        .baselines
        .par_iter()
        .map(|Baseline { name, grid }| {
            let tables = prepared.tables(&inputs_of(grid), 0)?;
            let entries: Vec<EntryOnMarket<'_>> =
                (0..prepared.trades.len()).map(|place| prepared.on_market(place, &tables)).collect();
            let replayed =
                GridObjectives::replay_settings(grid.clone(), &entries, &prepared.objective, &config.replay)?;
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
        let learned: Vec<Result<LearnedModel, ExperimentError>> =
            learners.par_iter().map(|(name, learner)| self.model(fold, train, name, learner)).collect();
        let learned = learned.into_iter().collect::<Result<Vec<_>, _>>()?;
        let chosen = simplest_of_best(&learned.iter().map(LearnedModel::judged).collect::<Vec<_>>());
        let candidate = learned.get(chosen).map(|learned| learned.out_of_fold.as_slice());
        let floor = self.floor(train)?.map(|Floor { baseline, out_of_fold }| {
            let earned = |values: &[f64]| values.iter().sum::<f64>();
            let is_better = |model: &[f64]| earned(model) < earned(&out_of_fold);
            LessonFloor {
                baseline,
                objective: self.prepared.objective.certainty_equivalent_r(earned(&out_of_fold) / train.len() as f64),
                is_followed: candidate.is_some_and(|model| !model.is_empty() && is_better(model)),
            }
        });
        let models: Vec<FittedModel> = learned.into_iter().map(|learned| learned.fitted).collect();
        let tried: usize = self.grids.iter().map(|(_, grid)| grid.settings().len()).sum();
        let n_trials = tried + models.iter().map(|model| model.model.training.trials).sum::<usize>();
        let plan = match models.get(chosen) {
            Some(model) => Checkpoint::new(self.prepared, self.folder, &format!("fold-{fold}-plan"), train)
                .or_do(|_| true, || card(self.prepared, self.grids, &model.model, train))?,
            None => None,
        };
        let is_bounded = self.prepared.config.training.out_of_range == WhenOutOfRange::Fallback;
        let bounds = is_bounded.then(|| bounds(self.data, train));
        Ok(Lesson { baselines, chosen, floor, models, n_trials, plan, bounds })
    }

    /// The model of one learner, from its checkpoint if there is one.
    fn model(
        &self,
        fold: usize,
        train: &[usize],
        name: &str,
        learner: &LearnerConfig,
    ) -> Result<LearnedModel, ExperimentError> {
        let Self { prepared, data, folder, progress, .. } = self;
        let config = &prepared.config;
        let place = if fold == prepared.splits()?.len() { "refit".to_owned() } else { format!("fold {}", fold + 1) };
        let watch = Watched::new(*progress, &place, name);
        let file = format!("fold-{fold}-{}", name.replace(' ', "-"));
        let is_sound = |learned: &LearnedModel| learned.fitted.model.check().is_ok();
        let learned: LearnedModel = Checkpoint::new(prepared, folder, &file, train).or_do(is_sound, || {
            watch.start();
            let seed = stream(config.seed, SeedPurpose::Training { fold });
            let Learned { model, out_of_fold } =
                learn_exit(data, train, &prepared.objective, learner, &config.training.fit, seed, &watch)
                    .map_err(|source| ExperimentError::Fit { fold: place, learner: name.to_owned(), source })?;
            Ok(LearnedModel { fitted: FittedModel { name: name.to_owned(), model }, out_of_fold })
        })?;
        watch.finish(learned.fitted.model.training.trials);
        Ok(learned)
    }

    /// The rule that a careful trader would follow on the trades at `train` without any model. Exits of the user's own
    /// that learned from prices are left out.
    fn floor(&self, train: &[usize]) -> Result<Option<Floor>, ExperimentError> {
        let own = &self.prepared.config.baselines.own;
        let is_plain = |name: &str| own.iter().all(|own| own.name != name || own.learned_from.is_none());
        let places: Vec<usize> = (0..self.grids.len()).filter(|&place| is_plain(&self.grids[place].0)).collect();
        let grids: Vec<&GridObjectives> = places.iter().map(|&place| &self.grids[place].1).collect();
        let spans: Vec<Span> = train.iter().map(|&trade| self.data.paths()[trade].span).collect();
        let floor = Floor::of(&grids, train, &spans)?;
        Ok(floor.map(|floor| Floor { baseline: places[floor.baseline], ..floor }))
    }
}

/// A model, and J of every trade that it learned from under fits that did not see the trade.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct LearnedModel {
    fitted: FittedModel,
    out_of_fold: Vec<f64>,
}

impl LearnedModel {
    fn judged(&self) -> JudgedFit<'_> {
        JudgedFit { model: &self.fitted.model, out_of_fold: &self.out_of_fold }
    }
}
