//! The features of a run at the closes that its trades see, computed once.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use scaleout_features::{FeatureSet, FeatureSpec, FeatureTable};
use scaleout_market::MarketHistory;

use crate::{ExperimentError, config::baselines::Baseline};

/// The names that a table was asked for, and how many bars back.
type Asked = (Vec<String>, usize);

/// One table of everything that models and baselines read, and one for each other list that is asked for.
///
/// A table keeps the rows that a decision of some trade sees, so that its size goes by the trades of a long history.
pub(crate) struct FeatureTables {
    /// What models and baselines read.
    known: Vec<FeatureSpec>,
    table: Arc<FeatureTable>,
    /// Bars before a decision that the rows of `table` reach back.
    bars_back: usize,
    /// The bars at whose close a trade decides, a range for each trade.
    decisions: Vec<Range<usize>>,
    /// Tables of other lists, as the models of another experiment ask for.
    others: Mutex<BTreeMap<Asked, Arc<FeatureTable>>>,
}

impl FeatureTables {
    /// The values of everything that models, which read `shown` up to `bars_back` bars before a decision, and `baselines`
    /// look at, at the closes in `decisions`.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub(crate) fn new(
        shown: &[FeatureSpec],
        bars_back: usize,
        baselines: &[Baseline],
        history: &MarketHistory,
        decisions: Vec<Range<usize>>,
    ) -> Result<Self, ExperimentError> {
        let mut known = shown.to_vec();
        let settings = baselines.iter().flat_map(|baseline| &baseline.grid);
        for spec in settings.flat_map(|setting| setting.build().inputs()) {
            if !known.contains(&spec) {
                known.push(spec);
            }
        }
        let table = Arc::new(kept(&known, bars_back, history, &decisions)?);
        Ok(Self { known, table, bars_back, decisions, others: Mutex::default() })
    }

    /// A table that has `specs` at every decision and up to `bars_back` bars before.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub(crate) fn with(
        &self,
        specs: &[FeatureSpec],
        bars_back: usize,
        history: &MarketHistory,
    ) -> Result<Arc<FeatureTable>, ExperimentError> {
        if self.has(specs) && (bars_back <= self.bars_back || self.table.is_whole()) {
            return Ok(Arc::clone(&self.table));
        }
        let key = (specs.iter().map(ToString::to_string).collect(), bars_back);
        let made = || self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = made().get(&key) {
            return Ok(Arc::clone(table));
        }
        // Not under the lock: the work is spread over threads that may ask for the same table.
        let table = Arc::new(kept(specs, bars_back, history, &self.decisions)?);
        made().insert(key, Arc::clone(&table));
        Ok(table)
    }

    /// A table that has `specs` at every bar. It is computed anew where only some rows were kept.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub(crate) fn whole(
        &self,
        specs: &[FeatureSpec],
        history: &MarketHistory,
    ) -> Result<Arc<FeatureTable>, ExperimentError> {
        if self.has(specs) && self.table.is_whole() {
            return Ok(Arc::clone(&self.table));
        }
        Ok(Arc::new(FeatureSet::new(specs.to_vec())?.table_of(history)?))
    }

    fn has(&self, specs: &[FeatureSpec]) -> bool {
        specs.iter().all(|spec| self.known.contains(spec))
    }
}

fn kept(
    specs: &[FeatureSpec],
    bars_back: usize,
    history: &MarketHistory,
    decisions: &[Range<usize>],
) -> Result<FeatureTable, ExperimentError> {
    let table = FeatureSet::new(specs.to_vec())?.table_of(history)?;
    let seen = decisions.iter().map(|bars| bars.start.saturating_sub(bars_back)..bars.end);
    Ok(table.keep(seen.collect()))
}
