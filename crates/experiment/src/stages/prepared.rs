//! The common starting point of all contestants.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use scaleout_data::LoadReport;
use scaleout_exits::{
    AsTraded, EntryOnMarket, ExitPolicy, Objective, PlacedEntry, ReplayConfig, TradeOutcome, UnitPath, replay_each,
};
use scaleout_features::{FeatureSpec, FeatureTable};
use scaleout_market::Entry;
use scaleout_training::{TradeToLearn, TrainingData};
use scaleout_validation::Span;
use serde::Serialize;

use crate::{
    ExperimentConfig, ExperimentError,
    config::baselines::Baseline,
    stages::{feature_facts::FeatureFacts, prepared_market::PreparedMarket},
};

/// One entry with everything about it that does not depend on the exit.
#[derive(Debug, Clone)]
pub struct PreparedTrade {
    /// The entry.
    pub entry: Entry,
    /// Place of its market among [`Prepared::markets`].
    pub market: usize,
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
    /// The fill is so shortly before an event of `flat_before` that no close lies between.
    pub before_event: usize,
}

impl DroppedEntries {
    /// All of them together.
    pub(crate) fn count(&self) -> usize {
        self.horizon_beyond_data + self.before_first_close + self.outside_bar + self.after_flat_at + self.before_event
    }
}

/// The markets, the entries and the features of an experiment: the common starting point of all contestants.
pub struct Prepared {
    /// The resolved experiment: risk aversion is a number, and exits from files are included.
    pub config: ExperimentConfig,
    /// The objective J.
    pub objective: Objective,
    /// The markets, at least one, each with a symbol of its own.
    pub markets: Vec<PreparedMarket>,
    /// Digest of all data: of one market its own, of several that of theirs one after another.
    pub data_sha256: String,
    /// The entries that are replayed, of all markets, in order of time.
    pub trades: Vec<PreparedTrade>,
    /// The entries that are not.
    pub dropped: DroppedEntries,
    /// The baselines and what they are tuned over.
    pub baselines: Vec<Baseline>,
    /// The ledger of trials, if one is kept; its path is relative to the config's folder.
    pub(crate) ledger: Option<PathBuf>,
    /// The training rows of every trade, computed at first use.
    pub(super) rows: OnceLock<Arc<TrainingData>>,
    /// What the features are like over all bars, computed at first use.
    pub(super) facts: OnceLock<Arc<Vec<FeatureFacts>>>,
}

impl Prepared {
    /// What was noticed while the markets were read, all together.
    pub fn load_report(&self) -> LoadReport {
        LoadReport::of_all(self.markets.iter().map(|market| &market.loaded.report))
    }

    /// Bars of all markets.
    pub fn bar_count(&self) -> usize {
        self.markets.iter().map(|market| market.loaded.history.series.len()).sum()
    }

    /// The currency of the account and of every market.
    pub fn currency(&self) -> &str {
        self.markets.first().map_or("", |market| &market.loaded.instrument.currency)
    }

    /// The market of the trade at `place`.
    pub fn market_of(&self, place: usize) -> &PreparedMarket {
        &self.markets[self.trades[place].market]
    }

    /// The trades at `places` as training takes them; `tables` hold the features of each market.
    pub fn to_learn<'a>(
        &'a self,
        places: impl Iterator<Item = usize>,
        tables: &'a [Arc<FeatureTable>],
    ) -> Vec<TradeToLearn<'a>> {
        places
            .map(|place| {
                let trade = &self.trades[place];
                TradeToLearn { entry: self.on_market(place, tables), span: trade.span, unit: &trade.unit }
            })
            .collect()
    }

    /// The entry at `place` on its market; `tables` hold the features of each market.
    pub fn on_market<'a>(&'a self, place: usize, tables: &'a [Arc<FeatureTable>]) -> EntryOnMarket<'a> {
        let trade = &self.trades[place];
        EntryOnMarket {
            placed: PlacedEntry { entry: &trade.entry, first_bar: trade.first_bar },
            market: self.markets[trade.market].view(),
            inputs: &tables[trade.market],
        }
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
        let tables = self.tables_of(places.iter().map(|&place| policy_of(place)))?;
        let entries: Vec<EntryOnMarket<'_>> = places.iter().map(|&place| self.on_market(place, &tables)).collect();
        Ok(replay_each(&entries, |index| policy_of(places[index]), objective, assumptions)?)
    }

    /// The values of everything that `policies` read, at the decisions of each market's trades.
    ///
    /// # Errors
    /// As [`Prepared::tables`].
    pub fn tables_of<'p>(
        &self,
        policies: impl Iterator<Item = &'p dyn ExitPolicy>,
    ) -> Result<Vec<Arc<FeatureTable>>, ExperimentError> {
        let mut inputs: Vec<FeatureSpec> = Vec::new();
        let mut bars_back = 0;
        for policy in policies {
            bars_back = bars_back.max(policy.bars_back());
            for spec in policy.inputs() {
                if !inputs.contains(&spec) {
                    inputs.push(spec);
                }
            }
        }
        self.tables(&inputs, bars_back)
    }

    /// [`PreparedMarket::table`] of each market.
    ///
    /// # Errors
    /// As [`PreparedMarket::table`].
    pub fn tables(&self, specs: &[FeatureSpec], bars_back: usize) -> Result<Vec<Arc<FeatureTable>>, ExperimentError> {
        // One after another: a table that is not there yet is whole while it is made.
        self.markets.iter().map(|market| market.table(specs, bars_back)).collect()
    }
}

/// What `cell` holds; at first use it is made.
pub(super) fn made_once<T>(
    cell: &OnceLock<Arc<T>>,
    make: impl FnOnce() -> Result<T, ExperimentError>,
) -> Result<Arc<T>, ExperimentError> {
    if let Some(made) = cell.get() {
        return Ok(Arc::clone(made));
    }
    let made = Arc::new(make()?);
    Ok(Arc::clone(cell.get_or_init(|| made)))
}
