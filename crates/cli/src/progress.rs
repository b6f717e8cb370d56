use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use scaleout_experiment::{FitStep, Progress};

/// Progress bars on stderr, drawn only on a terminal: one for the stage, and one for each fit that is under way.
pub(crate) struct Bars {
    all: MultiProgress,
    shown: Mutex<Shown>,
}

struct Shown {
    stage: ProgressBar,
    /// By fold and learner.
    fits: BTreeMap<String, ProgressBar>,
}

const STAGE: &str = "{prefix:>12} [{bar:32}] {pos}/{len} {elapsed}{left} {msg}";
const FIT: &str = "{prefix:>28} [{bar:16}] {pos}/{len} fits{left} {msg}";

impl Bars {
    pub(crate) fn new() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self { all, shown: Mutex::new(Shown { stage: ProgressBar::hidden(), fits: BTreeMap::new() }) }
    }

    /// Prints to stdout through `print`, with the bars out of the way.
    pub(crate) fn around<T>(&self, print: impl FnOnce() -> T) -> T {
        self.all.suspend(print)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Shown) -> T) -> T {
        act(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn bar(&self, length: u64, template: &str, prefix: &str) -> ProgressBar {
        let style = ProgressStyle::with_template(template)
            .expect("Invariant: the template is constant and valid")
            .progress_chars("=> ")
            .with_key("left", time_left);
        let bar = self.all.add(ProgressBar::new(length)).with_style(style).with_prefix(prefix.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

/// The time left, once there is a step to judge it by.
fn time_left(state: &ProgressState, out: &mut dyn Write) {
    if 0 < state.pos() && state.pos() < state.len().unwrap_or(0) {
        // A bar that cannot be drawn is nobody's error.
        let _ = write!(out, " (left {:#})", HumanDuration(state.eta()));
    }
}

impl Shown {
    fn clear(&mut self) {
        self.stage.finish_and_clear();
        for (_, bar) in std::mem::take(&mut self.fits) {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bars {
    fn stage(&self, name: &str, steps: u64) {
        self.with(|shown| {
            shown.clear();
            shown.stage = self.bar(steps, STAGE, name);
        });
    }

    fn step(&self, detail: &str) {
        self.with(|shown| {
            shown.stage.set_message(detail.to_owned());
            shown.stage.inc(1);
        });
    }

    fn fit(&self, fit: &FitStep<'_>) {
        self.with(|shown| {
            if fit.finished {
                if let Some(bar) = shown.fits.remove(fit.name) {
                    bar.finish_and_clear();
                }
                return;
            }
            // The final fit is one more; a search has at least one setting before it.
            let length = fit.of.unwrap_or(1) as u64 + 1;
            let bar = match shown.fits.get(fit.name) {
                Some(bar) => bar.clone(),
                None => {
                    let bar = self.bar(length, FIT, fit.name);
                    shown.fits.insert(fit.name.to_owned(), bar.clone());
                    bar
                }
            };
            bar.set_length(length);
            bar.set_position(fit.done as u64);
            if let Some(validation_r) = fit.validation_r {
                bar.set_message(format!("J {validation_r:+.4} R on validation"));
            }
        });
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.with(Shown::clear);
    }
}
