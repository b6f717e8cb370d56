//! The one place that turns the config's validation into splits of a run's trades.

use scaleout_validation::{Span, Split, combinatorial_purged, walk_forward};

use crate::{ExperimentError, Prepared, ValidationConfig};

impl Prepared {
    /// The folds: which trades teach and which test, by their places. The p-th fold that tests a trade belongs to path
    /// p; under walk-forward there is one.
    ///
    /// # Errors
    /// If there are too few trades for the folds.
    pub fn splits(&self) -> Result<Vec<Split>, ExperimentError> {
        let spans: Vec<Span> = self.trades.iter().map(|trade| trade.span).collect();
        Ok(match &self.config.validation {
            ValidationConfig::WalkForward(config) => walk_forward(&spans, config)?,
            ValidationConfig::CombinatorialPurged(config) => combinatorial_purged(&spans, config)?.splits,
        })
    }

    /// The trades before every test: no fold tests any of them, so what is looked at here has seen no test. None under
    /// combinatorial splits, which test every trade.
    ///
    /// # Errors
    /// As [`Self::splits`].
    pub fn first_train(&self) -> Result<Vec<usize>, ExperimentError> {
        Ok(match &self.config.validation {
            ValidationConfig::WalkForward(_) => {
                self.splits()?.into_iter().next().expect("Invariant: a walk has at least one fold").train
            }
            ValidationConfig::CombinatorialPurged(_) => Vec::new(),
        })
    }
}
