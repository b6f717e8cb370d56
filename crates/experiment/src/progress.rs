/// Hears how far a run has come. The library prints nothing; the command line draws bars.
pub trait Progress: Sync {
    /// A stage of `steps` steps begins; the stage before it is over.
    fn stage(&self, name: &str, steps: u64);

    /// One step of the present stage is done; `detail` says what it gave.
    fn step(&self, detail: &str);

    /// A fit inside the present stage has come further; several run at once.
    fn fit(&self, fit: &FitStep<'_>);
}

/// How far the fit of one learner on one fold has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitStep<'a> {
    /// Fold and learner, as `fold 2 linear`.
    pub name: &'a str,
    /// Settings tried so far.
    pub done: usize,
    /// Settings to try.
    pub of: usize,
    /// Mean J of the last setting on its purged validation trades, in R; `None` at the start.
    pub validation_r: Option<f64>,
    /// Whether the final fit with the chosen setting is over too.
    pub finished: bool,
}

/// Hears nothing: for tests and for callers that do not show progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _steps: u64) {}

    fn step(&self, _detail: &str) {}

    fn fit(&self, _fit: &FitStep<'_>) {}
}
