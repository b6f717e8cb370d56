//! `[data]` as one market or as many.
//!
//! Many markets are written in one of three ways. `markets = "daily/*.csv"` takes each file as a market.
//! `markets = { column = "symbol" }` splits one table. `[[data.markets]]` lists them. All other keys of `[data]` are
//! shared. A listed market replaces the shared keys that it states; of `instrument` it replaces the figures that it
//! states.

mod read;
mod universe;
mod written;

use std::path::PathBuf;

use scaleout_market::{Instrument, SharedInstrument};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use read::{MarketRead, load_markets};
pub use universe::UniverseConfig;
pub(crate) use written::{MarketColumn, WrittenMarkets};

use crate::adjust::AdjustConfig;
use crate::config::{DataConfig, Keys};
use crate::content::Content;
use crate::sources::DataSource;

/// More markets than this are refused before anything is read.
const MOST_MARKETS: usize = 4_096;

/// The `[data]` part of an experiment: one market, or many.
///
/// ```
/// # fn read(toml: &str) -> Result<scaleout_data::MarketsConfig, toml::de::Error> { toml::from_str(toml) }
/// let shared = "content = 'bars'\ninstrument = { currency = 'USD', tick_size = 0.01 }\n";
/// let listed = read(&format!("{shared}markets = [{{ path = 'AAPL.csv' }}, {{ path = 'b.csv', symbol = 'BRK-B' }}]"))?;
/// assert_eq!(listed.first().instrument.as_ref().unwrap().symbol, "AAPL");
/// let twice = read(&format!("{shared}markets = [{{ path = 'A.csv' }}, {{ path = 'b.csv', symbol = 'A' }}]"));
/// assert!(twice.unwrap_err().to_string().contains("the symbol `A` appears twice"));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub enum MarketsConfig {
    /// One market, unless its dataset holds several.
    One(DataConfig),
    /// Many markets.
    Many(ManyMarkets),
}

/// Markets that share an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct ManyMarkets {
    /// As written.
    keys: Box<Keys>,
    members: MarketList,
}

/// Who they are.
#[derive(Debug, Clone, PartialEq)]
enum MarketList {
    Listed(Vec<DataConfig>),
    /// Each file of the pattern, read like `each`, whose own path and symbol are stand-ins.
    Files {
        pattern: PathBuf,
        each: DataConfig,
    },
    /// All markets of a dataset, whose metadata name the column of symbols.
    Dataset(DataConfig),
    /// All markets of the table of `whole`, whose own symbol is a stand-in.
    Column {
        column: MarketColumn,
        whole: DataConfig,
    },
}

impl MarketsConfig {
    /// What every market is read like: of listed markets the first.
    pub fn first(&self) -> &DataConfig {
        match self {
            Self::One(config) => config,
            Self::Many(ManyMarkets { members: MarketList::Listed(markets), .. }) => {
                markets.first().expect("Invariant: a list of markets is not empty")
            }
            Self::Many(ManyMarkets { members: MarketList::Dataset(config), .. })
            | Self::Many(ManyMarkets { members: MarketList::Files { each: config, .. }, .. })
            | Self::Many(ManyMarkets { members: MarketList::Column { whole: config, .. }, .. }) => config,
        }
    }

    /// The columns that are made of all markets, if any are.
    pub fn universe(&self) -> Option<UniverseConfig> {
        let Self::Many(ManyMarkets { keys, .. }) = self else { return None };
        keys.universe
    }
}

impl From<MarketsConfig> for Keys {
    fn from(config: MarketsConfig) -> Self {
        match config {
            MarketsConfig::One(config) => config.into(),
            MarketsConfig::Many(many) => *many.keys,
        }
    }
}

impl TryFrom<Keys> for MarketsConfig {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let mut shared = keys.clone();
        let universe = shared.universe.take();
        if let Some(bars) = universe.map(|universe| universe.bars).filter(|bars| !(1..=10_000).contains(bars)) {
            return Err(format!("data.universe.bars = {bars}; accepted: 1 to 10000"));
        }
        let Some(markets) = shared.markets.take() else {
            let config = DataConfig::try_from(shared)?;
            // Only a dataset can turn out to hold several markets.
            return match (universe, &config.source) {
                (None, _) => Ok(Self::One(config)),
                (Some(_), DataSource::Dataset(_)) => {
                    Ok(Self::Many(ManyMarkets { keys: Box::new(keys), members: MarketList::Dataset(config) }))
                }
                (Some(_), _) => Err("data.universe: there is one market; accepted: universe beside markets".to_owned()),
            };
        };
        shared.check_shared()?;
        let members = match markets {
            WrittenMarkets::Listed(_) | WrittenMarkets::Files(_) if let Some(source) = shared.source_key() => {
                return Err(format!(
                    "data.{source}: it stands beside markets that have files of their own; accepted: one of the two"
                ));
            }
            WrittenMarkets::Listed(markets) => MarketList::Listed(listed(&shared, &markets)?),
            WrittenMarkets::Files(pattern) => {
                shared.path = Some(pattern.clone());
                shared.name_instrument();
                MarketList::Files { pattern, each: shared.try_into()? }
            }
            WrittenMarkets::Column(column) => MarketList::Column { column, whole: whole(shared)? },
        };
        Ok(Self::Many(ManyMarkets { keys: Box::new(keys), members }))
    }
}

/// Stands where each market brings its own symbol.
const OPEN: &str = "*";

/// The table of all markets.
fn whole(mut shared: Keys) -> Result<DataConfig, String> {
    shared.name_instrument();
    let config = DataConfig::try_from(shared)?;
    if config.bars.is_some() {
        return Err("data.bars: a column splits tables of bars; accepted: content = \"bars\" without `bars`".to_owned());
    }
    match &config.source {
        DataSource::Embedded(_) | DataSource::Vendor(_) => {
            Err("data.markets: a column splits tables of bars; accepted: beside path, paths or dataset".to_owned())
        }
        source if source.source().content() == Some(Content::Trades) => {
            Err("data.markets: a column splits tables of bars; accepted: content = \"bars\"".to_owned())
        }
        DataSource::Dataset(_) | DataSource::Files(_) => Ok(config),
    }
}

fn listed(shared: &Keys, markets: &[Map<String, Value>]) -> Result<Vec<DataConfig>, String> {
    if MOST_MARKETS < markets.len() {
        return Err(format!("data.markets: {} markets; accepted: at most {MOST_MARKETS}", markets.len()));
    }
    let mut configs: Vec<DataConfig> = Vec::with_capacity(markets.len());
    for (place, own) in markets.iter().enumerate() {
        let config = market(shared, own).map_err(|error| format!("data.markets number {}: {error}", place + 1))?;
        let symbol = |config: &DataConfig| config.instrument.as_ref().map(|instrument| instrument.symbol.clone());
        let own = symbol(&config);
        if let Some(twice) = own.as_ref().filter(|_| configs.iter().any(|earlier| symbol(earlier) == own)) {
            return Err(format!(
                "data.markets number {}: the symbol `{twice}` appears twice; accepted: one market a symbol",
                place + 1
            ));
        }
        configs.push(config);
    }
    Ok(configs)
}

/// One market: the shared keys with its own in their place.
fn market(shared: &Keys, own: &Map<String, Value>) -> Result<DataConfig, String> {
    let mut keys = merged(shared, own)?;
    // A shared symbol is no name for more than one market.
    let is_named = own.contains_key("symbol")
        || match own.get("instrument") {
            Some(Value::Object(figures)) => figures.contains_key("symbol") || figures.contains_key("name"),
            Some(_) => true,
            None => false,
        };
    if !is_named && let Some(path) = own.get("path").and_then(Value::as_str) {
        let symbol = symbol_of(path.as_ref());
        keys.instrument = keys.instrument.map(|instrument| SharedInstrument::from(instrument.named(&symbol)));
    }
    keys.try_into()
}

/// The keys of one market over those that all share.
fn merged(shared: &Keys, own: &Map<String, Value>) -> Result<Keys, String> {
    let shared = serde_json::to_value(shared).expect("Invariant: a config has only text keys");
    let Value::Object(mut keys) = shared else { unreachable!("Invariant: keys are an object") };
    for (key, value) in own {
        match (keys.get_mut(key), value) {
            (Some(Value::Object(instrument)), Value::Object(figures))
                if key == "instrument" && !figures.contains_key("name") =>
            {
                instrument.extend(figures.clone());
            }
            _ => {
                keys.insert(key.clone(), value.clone());
            }
        }
    }
    serde_json::from_value(Value::Object(keys)).map_err(|error| error.to_string())
}

/// The symbol that the name of a market's file tells: `AAPL` of `daily/AAPL.csv.gz`.
pub(crate) fn symbol_of(path: &std::path::Path) -> String {
    const ENDINGS: [&str; 12] =
        ["csv", "txt", "json", "parquet", "feather", "arrow", "ipc", "gz", "zip", "zst", "bz2", "tsv"];
    let mut name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    while let Some((stem, ending)) = name.rsplit_once('.')
        && !stem.is_empty()
        && ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
    {
        name = stem.to_owned();
    }
    name
}

impl Keys {
    /// Refuses what belongs to one market and stands where all share it.
    fn check_shared(&self) -> Result<(), String> {
        check_shared(self.finer.is_some(), self.quotes.is_some(), self.adjust.as_ref())
            .map_err(|NotShared { key, problem, accepted }| format!("data.{key}: {problem}; accepted: {accepted}"))
    }

    /// The key that says where the history comes from, if one does.
    fn source_key(&self) -> Option<String> {
        let Ok(Value::Object(keys)) = serde_json::to_value(self) else { return None };
        keys.keys().find(|key| Self::SOURCES.contains(&key.as_str())).cloned()
    }

    /// Gives an instrument without a symbol a stand-in.
    fn name_instrument(&mut self) {
        if let Some(shared) = &self.instrument {
            self.instrument = Some(SharedInstrument::from(shared.named(OPEN)));
        }
    }
}

/// A key that cannot stand where many markets share it: what is wrong with it and what would be accepted.
pub(crate) struct NotShared {
    pub(crate) key: &'static str,
    pub(crate) problem: &'static str,
    pub(crate) accepted: &'static str,
}

/// Refuses finer bars and quotes that many markets would share, and one table of splits for all of them.
pub(crate) fn check_shared(has_finer: bool, has_quotes: bool, adjust: Option<&AdjustConfig>) -> Result<(), NotShared> {
    let of_one = [("finer", has_finer), ("quotes", has_quotes)].into_iter().find(|(_, is_given)| *is_given);
    if let Some((key, _)) = of_one {
        let accepted = "[[data.markets]], each with its own";
        return Err(NotShared { key, problem: "one file for many markets", accepted });
    }
    match adjust.filter(|adjust| !adjust.path.to_string_lossy().contains("{symbol}")) {
        None => Ok(()),
        Some(_) => {
            let problem = "one table for many markets";
            Err(NotShared { key: "adjust.path", problem, accepted: "a path with {symbol}" })
        }
    }
}

/// The figures of `instrument` under `symbol`.
pub(crate) fn named(instrument: &Instrument, symbol: &str) -> Instrument {
    Instrument { symbol: symbol.to_owned(), ..instrument.clone() }
}
