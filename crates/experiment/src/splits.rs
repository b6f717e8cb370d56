//! How the past is cut: the one place that turns the config's validation into splits.

use scaleout_validation::{Span, Split, walk_forward};

use crate::{ExperimentError, Prepared};

impl Prepared {
    /// The folds, in order of time: which trades teach and which test, by their places.
    ///
    /// # Errors
    /// If there are too few trades for the folds.
    pub fn splits(&self) -> Result<Vec<Split>, ExperimentError> {
        let spans: Vec<Span> = self.trades.iter().map(|trade| trade.span).collect();
        Ok(walk_forward(&spans, &self.config.validation)?)
    }

    /// The trades before every test: no fold tests any of them, so what is looked at here has seen no test.
    ///
    /// # Errors
    /// As [`Self::splits`].
    pub fn first_train(&self) -> Result<Vec<usize>, ExperimentError> {
        Ok(self.splits()?.into_iter().next().expect("Invariant: a walk has at least one fold").train)
    }
}
