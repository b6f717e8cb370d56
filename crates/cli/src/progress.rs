use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
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

const STAGE: &str = "{prefix:>12} [{bar:32}] {pos}/{len} {elapsed} (left {eta}) {msg}";
const FIT: &str = "{prefix:>28} [{bar:16}] {pos}/{len} settings (left {eta}) {msg}";

impl Bars {
    pub(crate) fn new() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self { all, shown: Mutex::new(Shown { stage: ProgressBar::hidden(), fits: BTreeMap::new() }) }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Shown) -> T) -> T {
        act(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn bar(&self, length: u64, template: &str, prefix: &str) -> ProgressBar {
        let style = ProgressStyle::with_template(template)
            .expect("Invariant: the template is constant and valid")
            .progress_chars("=> ");
        let bar = self.all.add(ProgressBar::new(length)).with_style(style).with_prefix(prefix.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
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
            let bar = match shown.fits.get(fit.name) {
                Some(bar) => bar.clone(),
                None => {
                    let bar = self.bar(fit.of as u64, FIT, fit.name);
                    shown.fits.insert(fit.name.to_owned(), bar.clone());
                    bar
                }
            };
            bar.set_length(fit.of as u64);
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
