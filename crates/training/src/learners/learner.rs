//! What every learner is: settings that say how it learns, and rows prepared once for many fits.

use std::fmt::Debug;

use scaleout_model::Regressor;

use crate::{
    error::TrainingError,
    problem::{rewards::Rewards, task::LearningTask},
    rows::sample::RowSample,
};

/// Settings of one kind of learner; a new kind implements this in a file of its own and stands in the registry.
pub(crate) trait Learner: Debug + Sync {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Names the first setting that is not, its value and what would be accepted.
    fn check(&self) -> Result<(), TrainingError>;

    /// Makes what depends on the features of `sample` alone, once for all fits on them.
    fn share(&self, _sample: &RowSample) {}

    /// Whatever does not depend on the targets: scalers, terms, binned or expanded rows of `sample`.
    ///
    /// # Errors
    /// Settings out of range, rows in which nothing varies.
    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError>;

    /// Whether it can take any shape that the rows show.
    fn is_flexible(&self) -> bool;

    /// Bars whose market features it reads, the present one among them.
    fn window(&self) -> u32 {
        1
    }

    /// Whether it is quick enough to begin with holding everything, and not with what a linear fit found.
    fn starts_alone(&self) -> bool {
        false
    }

    /// Whether another seed gives another fit.
    fn draws(&self) -> bool {
        false
    }

    /// Whether several fits of it, and a rule that they depart from, may stand for it; not where it is to be read.
    fn may_depart(&self) -> bool {
        true
    }

    /// Whether rows with noisy targets are to count for less: where one smooth function is fitted to all rows, because
    /// there the noise of some spoils the fit of the others. A leaf of a tree is a fit of its own, and a linear fit
    /// that misses the shape should miss it least where trades are, not where noise is small.
    fn weighs_noise(&self) -> bool {
        false
    }

    /// These settings, then a handful around them: what a small search tries.
    fn variations(&self) -> Vec<Self>
    where
        Self: Sized;

    /// Each of the settings that matter, moved by itself: what a wide search tries besides.
    fn wide_variations(&self) -> Vec<Self>
    where
        Self: Sized;

    /// Settings small enough for tests that fit every learner.
    #[cfg(test)]
    fn small() -> Self
    where
        Self: Sized;
}

/// A learner that has seen the rows and waits for targets; rounds of policy improvement call it again and again.
pub(crate) trait Fitting: Send {
    /// The regressor of `targets` (N × `outputs`) on the rows.
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError>;

    /// The regressor that is kept, where that is another than a round's; `None` where a round's will do.
    fn finish(&mut self, _targets: &[f64], _outputs: usize) -> Result<Option<Regressor>, TrainingError> {
        Ok(None)
    }

    /// The regressor of numbers that are wanted for their means and decide nothing by themselves.
    fn means(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        match self.finish(targets, outputs)? {
            Some(finished) => Ok(FitOutcome::from(finished)),
            None => self.fit(targets, outputs),
        }
    }

    /// The regressor that is kept, where the learner goes on from `regressor` without targets; `None` where it does not.
    fn refine(
        &mut self,
        _task: &LearningTask,
        _sample: &RowSample,
        _rewards: Rewards<'_>,
        _regressor: &Regressor,
    ) -> Result<Option<Regressor>, TrainingError> {
        Ok(None)
    }
}

/// A regressor, with what it says of the rows it was fitted on where the fit came by that anyway.
#[derive(Debug, Clone)]
pub(crate) struct FitOutcome {
    pub regressor: Regressor,
    /// Its predictions (N × outputs), the same as [`Regressor::predict`] gives to the bit.
    pub predictions: Option<Vec<f64>>,
}

impl FitOutcome {
    /// The regressor and its predictions for the rows of `train`, on which it was fitted.
    pub(crate) fn with_predictions(self, train: &RowSample) -> (Regressor, Vec<f64>) {
        let Self { regressor, predictions } = self;
        let predictions = predictions.unwrap_or_else(|| regressor.predict(&train.features, train.width));
        (regressor, predictions)
    }
}

impl From<Regressor> for FitOutcome {
    fn from(regressor: Regressor) -> Self {
        Self { regressor, predictions: None }
    }
}
