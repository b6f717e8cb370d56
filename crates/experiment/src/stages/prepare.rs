//! The preparing stage: the data, the entries that are replayed, and what one unit of each earned.

use std::{collections::BTreeSet, sync::OnceLock};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_data::{Cell, DataError, LoadedMarket, cell_of, load, read_entries_csv};
use scaleout_exits::{EntryPrice, ExitError, Market, ReplayConfig, locate_entry, unit_path};
use scaleout_features::TableFold;
use scaleout_market::Entry;
use scaleout_validation::Span;

use crate::{
    DroppedEntries, ExperimentError, LoadedConfig, Prepared, PreparedTrade, RiskAversion,
    entries::{EntriesConfig, generate},
    seeds::{Purpose, stream},
    stages::{analyse::risk, entry_checks, feature_values::FeatureTables, made_exits},
};

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
        let made = made_exits::read(loaded)?;
        if let Some(made) = &made {
            made_exits::check_ids(&entries, made, loaded)?;
        }
        entries.sort_by(|a, b| (a.ts, &a.id).cmp(&(b.ts, &b.id)));
        if let Some(pair) = repeated_id(&entries) {
            return Err(loaded.value_error(format!("entries: the id `{pair}` appears twice; accepted: unique ids")));
        }
        let (mut located, mut dropped) = locate(entries, &market, &config.replay);
        let view = Market { history: &market.history, instrument: &market.instrument };
        dropped.outside_bar = entry_checks::in_their_bars(&mut located, view, loaded)?;
        let as_traded = made_exits::as_traded(&mut located, made, &mut dropped, view, loaded)?;
        let bars = market.history.series.bars();
        let trades: Vec<Result<PreparedTrade, ExperimentError>> = located
            .par_iter()
            .zip(as_traded)
            .map(|((entry, first_bar), as_traded)| {
                let unit = unit_path(entry, *first_bar, view, &objective, &config.replay)
                    .map_err(|error| in_its_file(error, entry, loaded, &market))?;
                entry_checks::in_proportion(entry, &unit, &objective, loaded)?;
                let after_horizon = &bars[first_bar + config.replay.horizon_bars as usize];
                let span = Span::of_trade(entry.ts, after_horizon.open_ts);
                Ok(PreparedTrade { entry: entry.clone(), first_bar: *first_bar, span, unit, as_traded })
            })
            .collect();
        let trades = trades.into_iter().collect::<Result<Vec<_>, _>>()?;
        if trades.is_empty() {
            return Err(loaded.value_error(format!(
                "entries: none of {} can be replayed over {} bars with a horizon of {}; accepted: at least one entry \
                 after the first bar, before flat_at, at a price inside its bar, and a horizon before the last",
                dropped.count(),
                bars.len(),
                config.replay.horizon_bars
            )));
        }
        let features = FeatureTables::new(&config.training.features, &baselines, &market.history)?;
        let rows = OnceLock::new();
        let ledger = config.evaluation.ledger.as_ref().map(|ledger| loaded.base.join(ledger));
        let mut prepared = Self { config, objective, market, trades, dropped, baselines, ledger, features, rows };
        if let RiskAversion::Wish(wish) = prepared.config.objective.risk_aversion {
            // What one unit earned does not depend on the number, so nothing has to be worked out again.
            let number = risk::resolve(&prepared, wish).map_err(|message| loaded.value_error(message))?;
            prepared.objective.risk_aversion = number;
            prepared.config.objective.risk_aversion = RiskAversion::Number(number);
            prepared.config.objective.risk_aversion_asked = Some(wish);
        }
        Ok(prepared)
    }
}

fn entries(loaded: &LoadedConfig, market: &LoadedMarket) -> Result<Vec<Entry>, ExperimentError> {
    let config = &loaded.config;
    if let EntriesConfig::File { path, time, .. } = &config.entries {
        return Ok(read_entries_csv(&loaded.base.join(path), time, &market.instrument.symbol)?);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(stream(config.seed, Purpose::Entries));
    match generate(&config.entries, &market.history.series, &market.instrument, &mut rng) {
        Some(generated) => generated.map_err(|error| loaded.value_error(error)),
        None => Ok(Vec::new()),
    }
}

/// The error of an entry that cannot be replayed, with the file that it is about.
fn in_its_file(error: ExitError, entry: &Entry, loaded: &LoadedConfig, market: &LoadedMarket) -> ExperimentError {
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
        error => {
            let row = entry_checks::row(loaded, entry);
            ExperimentError::Obstacle { path: loaded.entries_file(), message: format!("{row}{error}") }
        }
    }
}

fn repeated_id(entries: &[Entry]) -> Option<&str> {
    let mut seen = BTreeSet::new();
    entries.iter().map(|entry| entry.id.as_str()).find(|id| !seen.insert(*id))
}

fn locate(entries: Vec<Entry>, market: &LoadedMarket, replay: &ReplayConfig) -> (Vec<(Entry, usize)>, DroppedEntries) {
    let horizon = replay.horizon_bars as usize;
    let series = &market.history.series;
    let mut dropped = DroppedEntries::default();
    let mut located = Vec::with_capacity(entries.len());
    for entry in entries {
        match locate_entry(&entry, series) {
            Some(0) => dropped.before_first_close += 1,
            Some(first_bar) if replay.refused_since(&entry, series.bars()[first_bar].open_ts).is_some() => {
                dropped.after_flat_at += 1;
            }
            Some(first_bar) if first_bar + horizon < series.len() => located.push((entry, first_bar)),
            Some(_) | None => dropped.horizon_beyond_data += 1,
        }
    }
    (located, dropped)
}
