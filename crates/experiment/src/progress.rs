/// Hears how far a run has come. The library prints nothing; the command line draws bars.
pub trait Progress: Sync {
    /// A stage of `steps` steps begins; the stage before it is over.
    fn stage(&self, name: &str, steps: u64);

    /// One step of the present stage is done; `detail` says what it gave.
    fn step(&self, detail: &str);
}

/// Hears nothing: for tests and for callers that do not show progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _steps: u64) {}

    fn step(&self, _detail: &str) {}
}
