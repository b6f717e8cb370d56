//! One market of an experiment, with the features on its bars.

use std::sync::Arc;

use scaleout_data::{DataConfig, LoadedMarket};
use scaleout_exits::Market;
use scaleout_features::{FeatureSpec, FeatureTable};

use crate::{ExperimentError, stages::feature_values::FeatureTables};

/// One market of an experiment.
pub struct PreparedMarket {
    /// How it was read.
    pub config: DataConfig,
    /// Its history, its instrument and where they came from.
    pub loaded: LoadedMarket,
    pub(super) features: FeatureTables,
}

impl PreparedMarket {
    /// Name of what is traded, as entries use it.
    pub fn symbol(&self) -> &str {
        &self.loaded.instrument.symbol
    }

    /// The market as exits see it.
    pub fn view(&self) -> Market<'_> {
        Market { history: &self.loaded.history, instrument: &self.loaded.instrument }
    }

    /// A table with the values of `specs` at the decisions of all trades and up to `bars_back` bars before, and perhaps of
    /// others: columns go by their names. What the models and the baselines read is computed once in a run.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub fn table(&self, specs: &[FeatureSpec], bars_back: usize) -> Result<Arc<FeatureTable>, ExperimentError> {
        self.features.with(specs, bars_back, &self.loaded.history)
    }

    /// A table with the values of `specs` at every close.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub(crate) fn whole_table(&self, specs: &[FeatureSpec]) -> Result<Arc<FeatureTable>, ExperimentError> {
        self.features.whole(specs, &self.loaded.history)
    }
}
