//! `run.log`: what was done when.

use std::{
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::{FitStep, Progress};

/// Passes progress on and keeps what `run.log` says: every stage and step with the seconds since the start. The only
/// place in a run folder where wall-clock times stand.
pub struct Log<'a> {
    onward: &'a dyn Progress,
    start: Instant,
    text: Mutex<String>,
}

impl<'a> Log<'a> {
    /// A log that starts now.
    pub fn new(onward: &'a dyn Progress) -> Self {
        Self { onward, start: Instant::now(), text: Mutex::default() }
    }

    /// What has been logged so far.
    pub fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn line(&self, text: &str) {
        let mut log = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = self.start.elapsed().as_secs_f64();
        writeln!(log, "{seconds:9.3} {text}").expect("Invariant: writing to a string does not fail");
    }
}

impl Progress for Log<'_> {
    fn stage(&self, name: &str, steps: u64) {
        self.line(name);
        self.onward.stage(name, steps);
    }

    fn step(&self, detail: &str) {
        if !detail.is_empty() {
            self.line(&format!("  {detail}"));
        }
        self.onward.step(detail);
    }

    fn fit(&self, fit: &FitStep<'_>) {
        if let (Some(validation_r), Some(of)) = (fit.validation_r, fit.of) {
            self.line(&format!("  {}: setting {} of {of}, J {validation_r:.4} R on validation", fit.name, fit.done));
        }
        self.onward.fit(fit);
    }
}
