//! The `[data]` part of a config.

use std::path::PathBuf;

use scaleout_market::{Instrument, SharedInstrument};
use serde::{Deserialize, Serialize};

use crate::adjust::AdjustConfig;
use crate::bad_rows::OnBadRows;
use crate::bar_builder::BarSpec;
use crate::columns::Columns;
use crate::content::{Content, check_bars};
use crate::finer::FinerConfig;
use crate::formats::TableFormat;
use crate::join::JoinConfig;
use crate::markets::{UniverseConfig, WrittenMarkets};
use crate::quotes::QuoteConfig;
use crate::sides::SideRule;
use crate::source::NO_INSTRUMENT;
use crate::sources::{DataSource, DatasetSource, EmbeddedSource, FilesSource};
use crate::time::TimeConfig;
use crate::vendors::{Vendor, vendors};

/// The `[data]` part of a config: where the history comes from and how it is read.
///
/// Exactly one of `embedded`, `dataset`, `path`, `paths` and the keys of the vendors' formats says where. Trades need
/// `bars`; bars must not have it. Paths are relative to the config file's folder.
///
/// ```
/// # fn read(json: &str) -> Result<scaleout_data::DataConfig, serde_json::Error> { serde_json::from_str(json) }
/// assert!(read(r#"{"embedded": "es-ticks", "bars": {"time": "60s"}}"#).is_ok());
/// assert!(read(r#"{"path": "mine.csv", "content": "bars", "instrument": "ES"}"#).is_ok());
/// let both = read(r#"{"embedded": "es-ticks", "path": "mine.csv"}"#).unwrap_err().to_string();
/// assert!(both.contains("exactly one of embedded, dataset, path, paths, lean, binance, lobster"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Keys", into = "Keys")]
pub struct DataConfig {
    /// Where the history comes from.
    pub source: DataSource,
    /// How a user's own file is stored: `csv`, `parquet`, the name of an export of bars, or `auto`; without it the
    /// ending of its name tells.
    pub format: Option<TableFormat>,
    /// The file's own names for the columns.
    pub columns: Columns,
    /// How its times are written.
    pub time: TimeConfig,
    /// What prices of bars are divided by to be in units of the currency; above 0.
    pub price_divisor: Option<f64>,
    /// Splits and dividends to take out of the bars.
    pub adjust: Option<AdjustConfig>,
    /// What happens to a row that cannot be used.
    pub on_bad_rows: OnBadRows,
    /// What is traded; without it the dataset's own.
    pub instrument: Option<Instrument>,
    /// The bars to make of trades.
    pub bars: Option<BarSpec>,
    /// How the aggressor of a trade is told; without it by the file where it says, else by the tick rule.
    pub sides: Option<SideRule>,
    /// Best bids and offers beside the user's own trades.
    pub quotes: Option<QuoteConfig>,
    /// Finer bars of the same instrument beside the user's own bars.
    pub finer: Option<FinerConfig>,
    /// Other series whose values join the bars as columns.
    pub joins: Vec<JoinConfig>,
    /// Which rows are this market's, in tables of several markets. No key says so: [`load_markets`](crate::load_markets)
    /// finds out.
    pub rows_of: Option<RowsOf>,
}

impl DataConfig {
    /// The user's own bars of `instrument` in the files at `paths`, read as plain tables under the usual names.
    pub fn of_bars(paths: Vec<PathBuf>, instrument: Instrument) -> Self {
        Self {
            source: DataSource::Files(FilesSource { content: Content::Bars, paths }),
            format: None,
            columns: Columns::default(),
            time: TimeConfig::default(),
            price_divisor: None,
            adjust: None,
            on_bad_rows: OnBadRows::default(),
            instrument: Some(instrument),
            bars: None,
            sides: None,
            quotes: None,
            finer: None,
            joins: Vec::new(),
            rows_of: None,
        }
    }
}

/// The rows of one market in a table of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsOf {
    /// The column that says whose row it is.
    pub column: String,
    /// The market.
    pub symbol: String,
}

macro_rules! define_keys {
    ($($vendor:ident => $variant:ident($config:ty),)+) => {
        /// Every key of `[data]`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Keys {
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) markets: Option<WrittenMarkets>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) universe: Option<UniverseConfig>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            symbol: Option<String>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            embedded: Option<String>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            dataset: Option<PathBuf>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) path: Option<PathBuf>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            paths: Option<Vec<PathBuf>>,
            $(
                #[serde(default, skip_serializing_if = "Option::is_none")]
                $vendor: Option<$config>,
            )+
            #[serde(default, skip_serializing_if = "Option::is_none")]
            content: Option<Content>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            format: Option<TableFormat>,
            #[serde(default)]
            columns: Columns,
            #[serde(default)]
            time: TimeConfig,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            price_divisor: Option<f64>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) adjust: Option<AdjustConfig>,
            #[serde(default)]
            on_bad_rows: OnBadRows,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            bars: Option<BarSpec>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            sides: Option<SideRule>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) quotes: Option<QuoteConfig>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) finer: Option<FinerConfig>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub(crate) instrument: Option<SharedInstrument>,
            #[serde(default, rename = "join", skip_serializing_if = "Vec::is_empty")]
            joins: Vec<JoinConfig>,
        }

        impl Keys {
            /// Every key that says where the history comes from.
            pub(crate) const SOURCES: &'static [&'static str] =
                &["embedded", "dataset", "path", "paths", $(stringify!($vendor)),+];

            /// Takes out what stands under the keys of vendors.
            fn take_vendors(&mut self) -> Vec<Vendor> {
                [$(self.$vendor.take().map(Vendor::$variant)),+].into_iter().flatten().collect()
            }
        }

        impl From<DataConfig> for Keys {
            fn from(config: DataConfig) -> Self {
                let (mut embedded, mut dataset, mut path, mut paths, mut content) = (None, None, None, None, None);
                let mut vendor = None;
                match config.source {
                    DataSource::Embedded(source) => embedded = Some(source.name),
                    DataSource::Dataset(source) => dataset = Some(source.folder),
                    DataSource::Vendor(source) => vendor = Some(source),
                    DataSource::Files(FilesSource { content: rows, paths: mut files }) => {
                        content = Some(rows);
                        if files.len() == 1 {
                            path = files.pop();
                        } else {
                            paths = Some(files);
                        }
                    }
                }
                let mut keys = Self {
                    markets: None,
                    universe: None,
                    symbol: None,
                    embedded,
                    dataset,
                    path,
                    paths,
                    $($vendor: None,)+
                    content,
                    format: config.format,
                    columns: config.columns,
                    time: config.time,
                    price_divisor: config.price_divisor,
                    adjust: config.adjust,
                    on_bad_rows: config.on_bad_rows,
                    bars: config.bars,
                    sides: config.sides,
                    quotes: config.quotes,
                    finer: config.finer,
                    instrument: config.instrument.map(SharedInstrument::from),
                    joins: config.joins,
                };
                match vendor {
                    None => {}
                    $(Some(Vendor::$variant(config)) => keys.$vendor = Some(config),)+
                }
                keys
            }
        }
    };
}
vendors!(define_keys);

impl TryFrom<Keys> for DataConfig {
    type Error = String;

    fn try_from(mut keys: Keys) -> Result<Self, String> {
        if keys.markets.is_some() {
            return Err("data.markets: one market is wanted here; accepted: the keys of one".to_owned());
        }
        if keys.universe.is_some() {
            return Err("data.universe: there is one market; accepted: universe beside markets".to_owned());
        }
        let source = source(&mut keys)?;
        let own_symbol = keys.symbol.take();
        if own_symbol.as_deref() == Some("") {
            return Err("data.symbol is empty; accepted: a name".to_owned());
        }
        let named = |shared: SharedInstrument| match own_symbol.as_deref().or(shared.symbol()) {
            Some(symbol) => Ok(shared.named(symbol)),
            None => Err("data.instrument: missing field `symbol`".to_owned()),
        };
        let instrument = keys.instrument.take().map(named).transpose()?;
        if let Some(content) = source.source().content() {
            check_bars(content, keys.bars).map_err(|error| error.to_string())?;
            if instrument.is_none() {
                return Err(format!("data.instrument: missing; accepted: {NO_INSTRUMENT}"));
            }
        }
        if own_symbol.is_some() && instrument.is_none() {
            return Err(
                "data.symbol: the data name their own instrument; accepted: symbol beside instrument".to_owned()
            );
        }
        let of_files = keys.content.is_some() || keys.format.is_some() || keys.columns != Columns::default();
        let of_files = of_files || keys.time != TimeConfig::default() || keys.quotes.is_some();
        let of_files = of_files || keys.price_divisor.is_some();
        if let Some(divisor) = keys.price_divisor.filter(|divisor| !(divisor.is_finite() && 0.0 < *divisor)) {
            return Err(format!("data.price_divisor = {divisor}; accepted: a number above 0"));
        }
        if of_files && !matches!(source, DataSource::Files(_)) {
            return Err("data: content, format, columns, time, price_divisor and quotes belong to path or paths; other sources say so themselves".into());
        }
        Ok(Self {
            source,
            format: keys.format,
            columns: keys.columns,
            time: keys.time,
            price_divisor: keys.price_divisor,
            adjust: keys.adjust,
            on_bad_rows: keys.on_bad_rows,
            instrument,
            bars: keys.bars,
            sides: keys.sides,
            quotes: keys.quotes,
            finer: keys.finer,
            joins: keys.joins,
            rows_of: None,
        })
    }
}

/// The one source that the keys name.
fn source(keys: &mut Keys) -> Result<DataSource, String> {
    let mut named: Vec<DataSource> = keys.take_vendors().into_iter().map(DataSource::Vendor).collect();
    named.extend(keys.embedded.take().map(|name| DataSource::Embedded(EmbeddedSource { name })));
    named.extend(keys.dataset.take().map(|folder| DataSource::Dataset(DatasetSource { folder })));
    let files: Vec<Vec<PathBuf>> =
        keys.path.take().map(|path| vec![path]).into_iter().chain(keys.paths.take()).collect();
    match (named.len() + files.len(), files.into_iter().next()) {
        (1, None) => Ok(named.remove(0)),
        (1, Some(paths)) if paths.is_empty() => Err("data.paths is empty; accepted: at least one file".into()),
        (1, Some(paths)) => match keys.content {
            Some(content) => Ok(DataSource::Files(FilesSource { content, paths })),
            None => Err("data.content is missing; accepted: content = \"bars\" or content = \"trades\"".into()),
        },
        _ => {
            let keys = [&["embedded", "dataset", "path", "paths"][..], Vendor::KEYS].concat();
            Err(format!("data: exactly one of {} must be given", keys.join(", ")))
        }
    }
}
