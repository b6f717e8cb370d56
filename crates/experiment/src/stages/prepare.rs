use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_data::{Cell, DataError, LoadedMarket, cell_of, load, read_entries_csv};
use scaleout_exits::{
    EntryPrice, ExitError, ExitPolicy, Market, Objective, PlacedEntry, ReplayConfig, TradeOutcome, UnitPath,
    locate_entry, replay_all, unit_path,
};
use scaleout_features::{FeatureSet, FeatureSpec, FeatureTable, TableFold};
use scaleout_market::Entry;
use scaleout_validation::Span;
use serde::Serialize;

use crate::{
    ExperimentConfig, ExperimentError, LoadedConfig, RiskAversion,
    config::baselines::Baseline,
    entries::{EntriesConfig, generate},
    inspect::obstacles::entries_file,
    seeds::{Purpose, stream},
    stages::analyse::risk,
};

/// One entry with everything about it that no exit can change.
#[derive(Debug, Clone)]
pub struct PreparedTrade {
    /// The entry.
    pub entry: Entry,
    /// Index of the bar in which it fills.
    pub first_bar: usize,
    /// From the fill to the moment the horizon passes: what purging goes by.
    pub span: Span,
    /// What one whole unit earned step by step.
    pub unit: UnitPath,
}

/// Entries that nobody trades, by reason; they are left out for every contestant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DroppedEntries {
    /// The horizon passes the end of the data.
    pub horizon_beyond_data: usize,
    /// No bar has closed before the fill, so nothing is known.
    pub before_first_close: usize,
}

/// The market, the entries and the features of an experiment: where every contestant starts from.
pub struct Prepared {
    /// The experiment, resolved: risk aversion is a number and nothing is left in other files.
    pub config: ExperimentConfig,
    /// What everything is judged by.
    pub objective: Objective,
    /// The market.
    pub market: LoadedMarket,
    /// The entries that are replayed, in order of time.
    pub trades: Vec<PreparedTrade>,
    /// The entries that are not.
    pub dropped: DroppedEntries,
    /// The baselines and what they are tuned over.
    pub baselines: Vec<Baseline>,
    /// The ledger of tries, if one is kept; its place starts from the config's folder.
    pub(crate) ledger: Option<PathBuf>,
    tables: Mutex<BTreeMap<Vec<String>, Arc<FeatureTable>>>,
}

impl Prepared {
    /// Reads the data, finds the entries and works out what one unit of each earned.
    ///
    /// # Errors
    /// If the data or the entries cannot be read, or the config asks for what they do not have.
    pub fn new(loaded: &LoadedConfig) -> Result<Self, ExperimentError> {
        let mut config = loaded.config.clone();
        config.baselines.read_files(&loaded.base)?;
        let objective = config.objective.neutral_unless_number();
        if !matches!(config.entries, EntriesConfig::File { .. }) {
            // Generators place entries at an open, which is the market's price and nobody's fill.
            config.replay.entry_price = EntryPrice::Reference;
        }
        let baselines = config.baselines.resolve().map_err(|message| loaded.value_error(message))?;
        let market = load(&config.data, &loaded.base)?;
        // A column that the data do not have is named first, before any table is computed.
        TableFold::new(&config.training.features, &market.history.series.column_names())?;
        let mut entries = entries(loaded, &market)?;
        entries.sort_by(|a, b| (a.ts, &a.id).cmp(&(b.ts, &b.id)));
        if let Some(pair) = repeated_id(&entries) {
            return Err(loaded.value_error(format!("entries: the id `{pair}` appears twice; accepted: unique ids")));
        }
        let (located, dropped) = locate(entries, &market, config.replay.horizon_bars as usize);
        let view = Market { history: &market.history, instrument: &market.instrument };
        let bars = market.history.series.bars();
        let trades: Vec<Result<PreparedTrade, ExperimentError>> = located
            .par_iter()
            .map(|(entry, first_bar)| {
                let unit = unit_path(entry, *first_bar, view, &objective, &config.replay)
                    .map_err(|error| in_its_file(error, loaded, &market))?;
                let end = bars[first_bar + config.replay.horizon_bars as usize].open_ts;
                let span = Span::new(entry.ts, end.max(entry.ts.plus_nanos(1)))?;
                Ok(PreparedTrade { entry: entry.clone(), first_bar: *first_bar, span, unit })
            })
            .collect();
        let trades = trades.into_iter().collect::<Result<Vec<_>, _>>()?;
        if trades.is_empty() {
            return Err(loaded.value_error(format!(
                "entries: none of {} can be replayed over {} bars with a horizon of {}; accepted: at least one entry \
                 after the first bar and a horizon before the last",
                dropped.horizon_beyond_data + dropped.before_first_close,
                bars.len(),
                config.replay.horizon_bars
            )));
        }
        let ledger = config.evaluation.ledger.as_ref().map(|ledger| loaded.base.join(ledger));
        let mut prepared =
            Self { config, objective, market, trades, dropped, baselines, ledger, tables: Mutex::default() };
        if let RiskAversion::Wish(wish) = prepared.config.objective.risk_aversion {
            // What one unit earned does not depend on the number, so nothing has to be worked out again.
            let number = risk::resolve(&prepared, wish).map_err(|message| loaded.value_error(message))?;
            prepared.objective.risk_aversion = number;
            prepared.config.objective.risk_aversion = RiskAversion::Number(number);
            prepared.config.objective.risk_aversion_asked = Some(wish);
        }
        Ok(prepared)
    }

    /// The market as exits see it.
    pub fn view(&self) -> Market<'_> {
        Market { history: &self.market.history, instrument: &self.market.instrument }
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

    /// The values of `specs` at every close, shape (T, F); computed once for each list.
    ///
    /// # Errors
    /// If a feature does not exist or reads a column that the data does not have.
    pub fn table(&self, specs: &[FeatureSpec]) -> Result<Arc<FeatureTable>, ExperimentError> {
        let key: Vec<String> = specs.iter().map(ToString::to_string).collect();
        let known =
            |tables: &Mutex<BTreeMap<_, _>>| tables.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(table) = known(&self.tables) {
            return Ok(table);
        }
        let table = FeatureSet::new(specs.to_vec())?.table_of(&self.market.history)?;
        let table = Arc::new(table);
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&table));
        Ok(table)
    }
}

fn entries(loaded: &LoadedConfig, market: &LoadedMarket) -> Result<Vec<Entry>, ExperimentError> {
    let config = &loaded.config;
    if let EntriesConfig::File { path, time } = &config.entries {
        return Ok(read_entries_csv(&loaded.base.join(path), time, &market.instrument.symbol)?);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(stream(config.seed, Purpose::Entries));
    match generate(&config.entries, &market.history.series, &market.instrument, &mut rng) {
        Some(generated) => generated.map_err(|error| loaded.value_error(error)),
        None => Ok(Vec::new()),
    }
}

/// The error of an entry that cannot be replayed, with the file that it is about.
fn in_its_file(error: ExitError, loaded: &LoadedConfig, market: &LoadedMarket) -> ExperimentError {
    match error {
        ExitError::NoVariance { column, bar } => {
            let close = market.history.series.bars()[bar].ts;
            match cell_of(&loaded.config.data, &loaded.base, &column, close) {
                Err(unreadable) => unreadable.into(),
                Ok(None) => loaded.value_error(ExitError::NoVariance { column, bar }),
                Ok(Some(Cell { path, row, column, value })) => DataError::BadValue {
                    path,
                    row,
                    column,
                    value: value.map_or_else(String::new, |value| value.to_string()),
                    problem: if value.is_some() { "no variance" } else { "missing, and it is the variance of a trade" },
                    accepted: "a number, 0 or more, at every bar of a trade".to_owned(),
                }
                .into(),
            }
        }
        error @ (ExitError::NoVarianceColumn { .. } | ExitError::NeedsTrades { .. } | ExitError::OutOfRange { .. }) => {
            loaded.value_error(error)
        }
        error => ExperimentError::Obstacle { path: entries_file(loaded), message: error.to_string() },
    }
}

fn repeated_id(entries: &[Entry]) -> Option<&str> {
    let mut seen = BTreeSet::new();
    entries.iter().map(|entry| entry.id.as_str()).find(|id| !seen.insert(*id))
}

fn locate(entries: Vec<Entry>, market: &LoadedMarket, horizon: usize) -> (Vec<(Entry, usize)>, DroppedEntries) {
    let series = &market.history.series;
    let mut dropped = DroppedEntries::default();
    let mut located = Vec::with_capacity(entries.len());
    for entry in entries {
        match locate_entry(&entry, series) {
            Some(0) => dropped.before_first_close += 1,
            Some(first_bar) if first_bar + horizon < series.len() => located.push((entry, first_bar)),
            Some(_) | None => dropped.horizon_beyond_data += 1,
        }
    }
    (located, dropped)
}
