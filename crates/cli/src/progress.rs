use std::{sync::Mutex, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scaleout_experiment::Progress;

/// Progress bars on stderr, drawn only on a terminal.
pub(crate) struct Bars {
    current: Mutex<ProgressBar>,
}

impl Bars {
    pub(crate) fn new() -> Self {
        Self { current: Mutex::new(ProgressBar::hidden()) }
    }

    fn with<T>(&self, act: impl FnOnce(&mut ProgressBar) -> T) -> T {
        act(&mut self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl Progress for Bars {
    fn stage(&self, name: &str, steps: u64) {
        let style = ProgressStyle::with_template("{prefix:>12} [{bar:32}] {pos}/{len} {elapsed} (left {eta}) {msg}")
            .expect("Invariant: the template is constant and valid")
            .progress_chars("=> ");
        self.with(|current| {
            current.finish_and_clear();
            *current = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr()).with_style(style);
            current.set_prefix(name.to_owned());
            current.enable_steady_tick(Duration::from_millis(200));
        });
    }

    fn step(&self, detail: &str) {
        self.with(|current| {
            current.set_message(detail.to_owned());
            current.inc(1);
        });
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.with(|current| current.finish_and_clear());
    }
}
