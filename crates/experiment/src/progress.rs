//! The interface for progress of a run.

use scaleout_training::FitProgress;

/// Receives the progress of a run. The library prints nothing; the command line draws bars.
pub trait Progress: Sync {
    /// A stage of `steps` steps begins; the stage before it is over.
    fn stage(&self, name: &str, steps: u64);

    /// One step of the present stage is done; `detail` says what it gave.
    fn step(&self, detail: &str);

    /// A fit inside the present stage has made progress; several fits run in parallel.
    fn fit(&self, fit: &FitStep<'_>);
}

/// Progress of the fit of one learner on one fold. The final fit with the chosen setting follows all settings and counts
/// as one more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitStep<'a> {
    /// Fold and learner, as `fold 2 linear`.
    pub name: &'a str,
    /// Settings tried so far.
    pub done: usize,
    /// Settings to try; `None` before that is known.
    pub of: Option<usize>,
    /// Mean J of the last setting on its purged validation trades, in R; `None` at the start.
    pub validation_r: Option<f64>,
    /// Whether the final fit with the chosen setting is over too.
    pub finished: bool,
}

/// Ignores progress: for tests and for callers that do not show it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _steps: u64) {}

    fn step(&self, _detail: &str) {}

    fn fit(&self, _fit: &FitStep<'_>) {}
}

/// Passes on how a fit goes, under the name of its fold or problem and its learner.
pub(crate) struct Watched<'a> {
    progress: &'a dyn Progress,
    name: String,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(progress: &'a dyn Progress, place: &str, learner: &str) -> Self {
        Self { progress, name: format!("{place} {learner}") }
    }

    pub(crate) fn start(&self) {
        self.progress.fit(&FitStep { name: &self.name, done: 0, of: None, validation_r: None, finished: false });
    }

    pub(crate) fn finish(&self, of: usize) {
        self.progress.fit(&FitStep { name: &self.name, done: of, of: Some(of), validation_r: None, finished: true });
    }
}

impl FitProgress for Watched<'_> {
    fn trial_done(&self, done: usize, of: usize, objective: f64) {
        let validation_r = Some(objective);
        self.progress.fit(&FitStep { name: &self.name, done, of: Some(of), validation_r, finished: false });
    }
}
