//! How a fit goes on.

/// Hears how a fit goes on.
pub trait FitProgress: Sync {
    /// `done` of `of` trials are over; `objective` is the mean J of the last one on its validation trades.
    fn trial_done(&self, done: usize, of: usize, objective: f64);
}

/// Progress that nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl FitProgress for Unwatched {
    fn trial_done(&self, _done: usize, _of: usize, _objective: f64) {}
}
