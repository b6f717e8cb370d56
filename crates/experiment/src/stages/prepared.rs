//! The common starting point of all contestants.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use scaleout_data::LoadedMarket;
use scaleout_exits::{
    AsTraded, ExitPolicy, Market, Objective, PlacedEntry, ReplayConfig, TradeOutcome, UnitPath, replay_all,
};
use scaleout_features::{FeatureSpec, FeatureTable};
use scaleout_market::Entry;
use scaleout_training::{TradeToLearn, TrainingData};
use scaleout_validation::Span;
use serde::Serialize;

use crate::{ExperimentConfig, ExperimentError, config::baselines::Baseline, stages::feature_values::FeatureTables};

/// One entry with everything about it that does not depend on the exit.
#[derive(Debug, Clone)]
pub struct PreparedTrade {
    /// The entry.
    pub entry: Entry,
    /// Index of the bar in which it fills.
    pub first_bar: usize,
    /// The span for purging, in outer and inner folds: [`Span::of_trade`].
    pub span: Span,
    /// Gain of one whole unit, step by step.
    pub unit: UnitPath,
    /// The exits that were really made, if the config names them.
    pub as_traded: Option<AsTraded>,
}

/// Entries that are left out for every contestant, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DroppedEntries {
    /// The horizon is beyond the end of the data.
    pub horizon_beyond_data: usize,
    /// No bar has closed before the fill, so nothing is known.
    pub before_first_close: usize,
    /// The price, or that of an exit that was made, lies outside the bar that holds the fill.
    pub outside_bar: usize,
    /// The fill is at or after `flat_at`, and `late` refuses such entries.
    pub after_flat_at: usize,
}

impl DroppedEntries {
    /// All of them together.
    pub(crate) fn count(&self) -> usize {
        self.horizon_beyond_data + self.before_first_close + self.outside_bar + self.after_flat_at
    }
}

/// The market, the entries and the features of an experiment: the common starting point of all contestants.
pub struct Prepared {
    /// The resolved experiment: risk aversion is a number, and exits from files are included.
    pub config: ExperimentConfig,
    /// The objective J.
    pub objective: Objective,
    /// The market.
    pub market: LoadedMarket,
    /// The entries that are replayed, in order of time.
    pub trades: Vec<PreparedTrade>,
    /// The entries that are not.
    pub dropped: DroppedEntries,
    /// The baselines and what they are tuned over.
    pub baselines: Vec<Baseline>,
    /// The ledger of trials, if one is kept; its path is relative to the config's folder.
    pub(crate) ledger: Option<PathBuf>,
    pub(super) features: FeatureTables,
    /// The training rows of every trade, computed at first use.
    pub(super) rows: OnceLock<Arc<TrainingData>>,
}

impl Prepared {
    /// The market as exits see it.
    pub fn view(&self) -> Market<'_> {
        Market { history: &self.market.history, instrument: &self.market.instrument }
    }

    /// The trades at `places` as training takes them.
    pub fn to_learn(&self, places: impl Iterator<Item = usize>) -> Vec<TradeToLearn<'_>> {
        let trades = places.map(|place| &self.trades[place]);
        trades
            .map(|trade| TradeToLearn {
                placed: PlacedEntry { entry: &trade.entry, first_bar: trade.first_bar },
                span: trade.span,
                unit: &trade.unit,
            })
            .collect()
    }

    /// The entries at `places` with the bars in which they fill.
    pub fn placed(&self, places: impl Iterator<Item = usize>) -> Vec<PlacedEntry<'_>> {
        let trades = places.map(|place| &self.trades[place]);
        trades.map(|trade| PlacedEntry { entry: &trade.entry, first_bar: trade.first_bar }).collect()
    }

    /// The outcomes of the trades at `places` under the policies that `policy_of` gives for each place.
    ///
    /// # Errors
    /// If a policy needs a feature that does not exist, or `assumptions` ask for data that are not there.
    pub fn replay<'p>(
        &self,
        places: &[usize],
        policy_of: impl Sync + Fn(usize) -> &'p dyn ExitPolicy,
        assumptions: &ReplayConfig,
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        self.replay_under(places, policy_of, assumptions, &self.objective)
    }

    /// The same under another `objective`.
    ///
    /// # Errors
    /// As [`Self::replay`].
    pub(crate) fn replay_under<'p>(
        &self,
        places: &[usize],
        policy_of: impl Sync + Fn(usize) -> &'p dyn ExitPolicy,
        assumptions: &ReplayConfig,
        objective: &Objective,
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        let table = self.table_of(places.iter().map(|&place| policy_of(place)))?;
        let placed = self.placed(places.iter().copied());
        Ok(replay_all(&placed, self.view(), &table, |index| policy_of(places[index]), objective, assumptions)?)
    }

    /// The values of everything that `policies` read, at every close.
    ///
    /// # Errors
    /// As [`Prepared::table`].
    pub fn table_of<'p>(
        &self,
        policies: impl Iterator<Item = &'p dyn ExitPolicy>,
    ) -> Result<Arc<FeatureTable>, ExperimentError> {
        let mut inputs: Vec<FeatureSpec> = Vec::new();
        for spec in policies.flat_map(ExitPolicy::inputs) {
            if !inputs.contains(&spec) {
                inputs.push(spec);
            }
        }
        self.table(&inputs)
    }

    /// A table with the values of `specs` at every close, and perhaps of others: columns go by their names. What the
    /// models and the baselines read is computed once in a run.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub fn table(&self, specs: &[FeatureSpec]) -> Result<Arc<FeatureTable>, ExperimentError> {
        self.features.with(specs, &self.market.history)
    }
}
