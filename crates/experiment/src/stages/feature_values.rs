//! The features of a run at every close, computed once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use scaleout_features::{FeatureSet, FeatureSpec, FeatureTable};
use scaleout_market::MarketHistory;

use crate::{ExperimentError, config::baselines::Baseline};

/// One table of everything that models and baselines read, and one for each other list that is asked for.
pub(crate) struct FeatureTables {
    /// What models and baselines read.
    known: Vec<FeatureSpec>,
    table: Arc<FeatureTable>,
    /// Tables of other lists, as the models of another experiment ask for.
    others: Mutex<BTreeMap<Vec<String>, Arc<FeatureTable>>>,
}

impl FeatureTables {
    /// The values of everything that models, which read `training`, and `baselines` look at.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub(crate) fn new(
        training: &FeatureSet,
        baselines: &[Baseline],
        history: &MarketHistory,
    ) -> Result<Self, ExperimentError> {
        let mut known = training.specs().to_vec();
        let settings = baselines.iter().flat_map(|baseline| &baseline.grid);
        for spec in settings.flat_map(|setting| setting.build().inputs()) {
            if !known.contains(&spec) {
                known.push(spec);
            }
        }
        let table = Arc::new(FeatureSet::new(known.clone())?.table_of(history)?);
        Ok(Self { known, table, others: Mutex::default() })
    }

    /// A table that has `specs`.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub(crate) fn with(
        &self,
        specs: &[FeatureSpec],
        history: &MarketHistory,
    ) -> Result<Arc<FeatureTable>, ExperimentError> {
        if specs.iter().all(|spec| self.known.contains(spec)) {
            return Ok(Arc::clone(&self.table));
        }
        let key: Vec<String> = specs.iter().map(ToString::to_string).collect();
        let made = || self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = made().get(&key) {
            return Ok(Arc::clone(table));
        }
        // Not under the lock: the work is spread over threads that may ask for the same table.
        let table = Arc::new(FeatureSet::new(specs.to_vec())?.table_of(history)?);
        made().insert(key, Arc::clone(&table));
        Ok(table)
    }
}
