//! The preparing stage: the markets, the entries that are replayed, and what one unit of each earned.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::OnceLock,
};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_data::{Cell, DataError, LoadedMarket, MarketRead, cell_of, load_markets, read_entries_csv, sha256_of};
use scaleout_exits::{EntryPrice, ExitError, unit_path};
use scaleout_features::TableFold;
use scaleout_market::Entry;
use scaleout_validation::Span;

use crate::{
    ExperimentError, LoadedConfig, Prepared, PreparedMarket, PreparedTrade, RiskAversion,
    entries::{EntriesConfig, generate},
    seeds::{SeedPurpose, stream},
    stages::{
        adds,
        analyse::risk,
        entry_checks,
        feature_values::FeatureTables,
        located::{Located, Markets},
        made_exits,
        rows::shown_features,
    },
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
        let reads = load_markets(&config.data, &loaded.base)?;
        one_currency(&reads, loaded)?;
        // A column that the data do not have is named first, before any table is computed.
        for MarketRead { market, .. } in &reads {
            TableFold::new(&config.training.features, &market.history.series.column_names())
                .map_err(|error| of_market(error.into(), market, &reads, loaded))?;
        }
        let markets = Markets(&reads);
        let mut entries = entries(loaded, &reads)?;
        let added = adds::read(loaded)?;
        if let Some(added) = &added {
            adds::give(&mut entries, added, loaded)?;
        }
        let made = made_exits::read(loaded)?;
        if let Some(made) = &made {
            made_exits::check_ids(entries.iter().map(|(_, entry)| entry), made, loaded)?;
        }
        entries.sort_by(|(_, a), (_, b)| (a.ts, &a.id).cmp(&(b.ts, &b.id)));
        if let Some(pair) = repeated_id(&entries) {
            return Err(loaded.value_error(format!("entries: the id `{pair}` appears twice; accepted: unique ids")));
        }
        let (mut located, mut dropped) = markets.locate(entries, &config.replay);
        dropped.outside_bar = entry_checks::in_their_bars(&mut located, markets, loaded)?;
        if let Some(added) = &added {
            dropped.outside_bar += adds::in_their_bars(&mut located, added, markets, loaded)?;
        }
        let as_traded = made_exits::as_traded(&mut located, made, &mut dropped, markets, loaded)?;
        let trades: Vec<Result<PreparedTrade, ExperimentError>> = located
            .par_iter()
            .zip(as_traded)
            .map(|(located, as_traded)| {
                let Located { entry, market, first_bar } = located;
                let view = markets.view(*market);
                let unit = unit_path(entry, *first_bar, view, &objective, &config.replay)
                    .map_err(|error| in_its_file(error, entry, loaded, &reads[*market]))?;
                entry_checks::in_proportion(entry, &unit, &objective, loaded)?;
                let after_horizon = &view.bars()[first_bar + config.replay.horizon_bars as usize];
                let span = Span::of_trade(entry.ts, after_horizon.open_ts);
                let (entry, market, first_bar) = (entry.clone(), *market, *first_bar);
                Ok(PreparedTrade { entry, market, first_bar, span, unit, as_traded })
            })
            .collect();
        let trades = trades.into_iter().collect::<Result<Vec<_>, _>>()?;
        if trades.is_empty() {
            return Err(loaded.value_error(format!(
                "entries: none of {} can be replayed over {} bars with a horizon of {}; accepted: at least one entry \
                 after the first bar, before flat_at, at a price inside its bar, and a horizon before the last",
                dropped.count(),
                reads.iter().map(|read| read.market.history.series.len()).sum::<usize>(),
                config.replay.horizon_bars
            )));
        }
        let data_sha256 = data_sha256(&reads);
        let mut decisions: Vec<Vec<Range<usize>>> = vec![Vec::new(); reads.len()];
        for PreparedTrade { market, first_bar, .. } in &trades {
            let last = first_bar + config.replay.horizon_bars as usize;
            decisions[*market].push(first_bar.saturating_sub(1)..last + 1);
        }
        let mut markets = Vec::with_capacity(reads.len());
        let shown = shown_features(&config.training, &trades);
        // The features of one market are computed by all threads, so that one whole table is in memory at a time.
        for (MarketRead { config: read, market }, decisions) in reads.into_iter().zip(decisions) {
            let bars_back = config.training.window() as usize - 1;
            let features = FeatureTables::new(&shown, bars_back, &baselines, &market.history, decisions)?;
            markets.push(PreparedMarket { config: read, loaded: market, features });
        }
        let (rows, facts) = (OnceLock::new(), OnceLock::new());
        let ledger = config.evaluation.ledger.as_ref().map(|ledger| loaded.base.join(ledger));
        let mut prepared =
            Self { config, objective, markets, data_sha256, trades, dropped, baselines, ledger, rows, facts };
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

/// Every entry with the place of its market.
fn entries(loaded: &LoadedConfig, reads: &[MarketRead]) -> Result<Vec<(usize, Entry)>, ExperimentError> {
    let config = &loaded.config;
    let symbols: Vec<&str> = reads.iter().map(|read| read.market.instrument.symbol.as_str()).collect();
    if let EntriesConfig::File { path, time, .. } = &config.entries {
        let places: BTreeMap<&str, usize> =
            symbols.iter().enumerate().map(|(place, symbol)| (*symbol, place)).collect();
        let entries = read_entries_csv(&loaded.base.join(path), time, &symbols)?;
        return Ok(entries.into_iter().map(|entry| (places[entry.symbol.as_str()], entry)).collect());
    }
    let seed = stream(config.seed, SeedPurpose::Entries);
    let mut all = Vec::new();
    for (place, MarketRead { market, .. }) in reads.iter().enumerate() {
        // The first market draws what it would draw alone.
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(place as u64);
        let generated = generate(&config.entries, &market.history.series, &market.instrument, &mut rng);
        let generated = generated.transpose().map_err(|error| loaded.value_error(error))?;
        all.extend(generated.into_iter().flatten().map(|entry| (place, entry)));
    }
    Ok(all)
}

/// Refuses markets in different currencies: J is in R, but one account cannot add them up.
fn one_currency(reads: &[MarketRead], loaded: &LoadedConfig) -> Result<(), ExperimentError> {
    let currency = |read: &MarketRead| read.market.instrument.currency.clone();
    let other = reads.iter().find(|read| currency(read) != currency(&reads[0]));
    other.map_or(Ok(()), |other| {
        let (first, other) = (&reads[0].market.instrument, &other.market.instrument);
        Err(loaded.value_error(format!(
            "data.markets: {} is in {} and {} in {}; accepted: markets in one currency, since one account trades them",
            first.symbol, first.currency, other.symbol, other.currency
        )))
    })
}

/// The error of one market, which is named where there are several.
fn of_market(
    error: ExperimentError,
    market: &LoadedMarket,
    reads: &[MarketRead],
    loaded: &LoadedConfig,
) -> ExperimentError {
    if reads.len() == 1 { error } else { loaded.value_error(format!("market {}: {error}", market.instrument.symbol)) }
}

/// Digest of all data: of one market its own, of several that of theirs, each after its symbol.
fn data_sha256(reads: &[MarketRead]) -> String {
    if let [only] = reads {
        return only.market.sha256.clone();
    }
    let lines = reads.iter().map(|read| format!("{} {}\n", read.market.instrument.symbol, read.market.sha256));
    sha256_of(lines.collect::<String>().as_bytes())
}

/// The error of an entry that cannot be replayed, with the file that it is about.
fn in_its_file(error: ExitError, entry: &Entry, loaded: &LoadedConfig, read: &MarketRead) -> ExperimentError {
    match error {
        ExitError::NoVariance { column, bar } => {
            let close = read.market.history.series.bars()[bar].ts;
            match cell_of(&read.config, &loaded.base, &column, close) {
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
        error @ (ExitError::NoVarianceColumn { .. } | ExitError::NeedsTrades { .. } | ExitError::OutOfRange(_)) => {
            loaded.value_error(error)
        }
        error => {
            let row = entry_checks::row(loaded, entry);
            ExperimentError::Obstacle { path: loaded.entries_file(), message: format!("{row}{error}") }
        }
    }
}

fn repeated_id(entries: &[(usize, Entry)]) -> Option<&str> {
    let mut seen = BTreeSet::new();
    entries.iter().map(|(_, entry)| entry.id.as_str()).find(|id| !seen.insert(*id))
}
