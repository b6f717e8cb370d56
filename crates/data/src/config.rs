use std::path::PathBuf;

use scaleout_market::Instrument;
use serde::{Deserialize, Serialize};

use crate::{
    BarSpec, BinanceConfig, Columns, DataError, FileFormat, FinerConfig, LeanConfig, Length, OnBadRows, QuoteConfig,
    SideRule, TimeConfig,
};

/// What a row of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A bar.
    Bars,
    /// A trade.
    Trades,
}

impl Content {
    /// The name of a dataset's data file.
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Bars => "bars.parquet",
            Self::Trades => "trades.parquet",
        }
    }
}

/// Where the market's history comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataSource {
    /// A dataset that is part of the program.
    Embedded(String),
    /// A folder with a `metadata.json`.
    Dataset(PathBuf),
    /// The user's own files, in order of time.
    Files {
        /// What their rows are.
        content: Content,
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// A folder of LEAN files.
    Lean(LeanConfig),
    /// A recording of Binance streams.
    Binance(BinanceConfig),
}

/// The `[data]` part of a config: where the history comes from and how it is read.
///
/// Exactly one of `embedded`, `dataset`, `path`, `paths`, `lean` and `binance` says where. Trades need `bars`; bars must not have it.
/// Paths are relative to the config file's folder.
///
/// ```
/// # fn read(json: &str) -> Result<scaleout_data::DataConfig, serde_json::Error> { serde_json::from_str(json) }
/// assert!(read(r#"{"embedded": "es-ticks", "bars": {"time": "60s"}}"#).is_ok());
/// let both = read(r#"{"embedded": "es-ticks", "path": "mine.csv"}"#).unwrap_err().to_string();
/// assert!(both.contains("exactly one of embedded, dataset, path, paths, lean, binance"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawDataConfig", into = "RawDataConfig")]
pub struct DataConfig {
    /// Where the history comes from.
    pub source: DataSource,
    /// How a user's own file is stored; without it the ending of its name tells.
    pub format: Option<FileFormat>,
    /// The file's own names for the columns.
    pub columns: Columns,
    /// How its times are written.
    pub time: TimeConfig,
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
}

/// Another series, joined to the bars: at each close its latest row that was known by then.
///
/// Beside each joined column, say `sentiment`, stands `sentiment.published`: when the value that counts was published,
/// in seconds since 1970 UTC. `news_decay:sentiment` reads both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinConfig {
    /// Its file.
    pub path: PathBuf,
    /// How the file is stored; without it the ending of its name tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FileFormat>,
    /// The column with the time of publication; without it one of the usual names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    /// The columns to join; without it all that hold numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Put before the name of every joined column.
    #[serde(default)]
    pub prefix: String,
    /// How its times are written; `bar_time = "open"` with `bar_length` for series named by the start of their bars.
    #[serde(default)]
    pub time: TimeConfig,
    /// A value older than this is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Length>,
    /// What happens to a row that cannot be used.
    #[serde(default)]
    pub on_bad_rows: OnBadRows,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDataConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    embedded: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dataset: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paths: Option<Vec<PathBuf>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lean: Option<LeanConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binance: Option<BinanceConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<FileFormat>,
    #[serde(default)]
    columns: Columns,
    #[serde(default)]
    time: TimeConfig,
    #[serde(default)]
    on_bad_rows: OnBadRows,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bars: Option<BarSpec>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sides: Option<SideRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quotes: Option<QuoteConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finer: Option<FinerConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instrument: Option<Instrument>,
    #[serde(default, rename = "join", skip_serializing_if = "Vec::is_empty")]
    joins: Vec<JoinConfig>,
}

impl TryFrom<RawDataConfig> for DataConfig {
    type Error = String;

    fn try_from(raw: RawDataConfig) -> Result<Self, String> {
        let files = |paths: Vec<PathBuf>| match raw.content {
            _ if paths.is_empty() => Err("data.paths is empty; accepted: at least one file".to_string()),
            Some(content) => Ok(DataSource::Files { content, paths }),
            None => Err("data.content is missing; accepted: content = \"bars\" or content = \"trades\"".to_string()),
        };
        let source = match (raw.embedded, raw.dataset, raw.path, raw.paths, raw.lean, raw.binance) {
            (Some(name), None, None, None, None, None) => DataSource::Embedded(name),
            (None, Some(folder), None, None, None, None) => DataSource::Dataset(folder),
            (None, None, Some(path), None, None, None) => files(vec![path])?,
            (None, None, None, Some(paths), None, None) => files(paths)?,
            (None, None, None, None, Some(lean), None) => DataSource::Lean(lean),
            (None, None, None, None, None, Some(BinanceConfig { levels: 0, .. })) => {
                return Err("data.binance.levels = 0 is out of range; accepted: a whole number above 0".into());
            }
            (None, None, None, None, None, Some(binance)) => DataSource::Binance(binance),
            _ => {
                return Err("data: exactly one of embedded, dataset, path, paths, lean, binance must be given".into());
            }
        };
        if let Some(content) = source.own_content() {
            check_bars(content, raw.bars).map_err(|error| error.to_string())?;
            if raw.instrument.is_none() {
                return Err(format!("data.instrument: missing; accepted: {NO_INSTRUMENT}"));
            }
        }
        let of_files = raw.content.is_some() || raw.format.is_some() || raw.columns != Columns::default();
        let of_files = of_files || raw.time != TimeConfig::default() || raw.quotes.is_some();
        if of_files && !matches!(source, DataSource::Files { .. }) {
            return Err("data: content, format, columns, time and quotes belong to path or paths; other sources say so themselves".into());
        }
        let instrument =
            raw.instrument.map(Instrument::checked).transpose().map_err(|error| format!("data.{error}"))?;
        Ok(Self {
            source,
            format: raw.format,
            columns: raw.columns,
            time: raw.time,
            on_bad_rows: raw.on_bad_rows,
            instrument,
            bars: raw.bars,
            sides: raw.sides,
            quotes: raw.quotes,
            finer: raw.finer,
            joins: raw.joins,
        })
    }
}

/// What `instrument` must be, for messages.
pub(crate) const NO_INSTRUMENT: &str = "at least [data.instrument] with symbol and currency";

/// What `bars` may be, for messages.
pub(crate) const BAR_SPECS: &str = "bars = { time = \"60s\" }, { volume = 500 }, { trades = 200 } or { dollar = 1e6 }";

/// Whether the config has bars to make exactly where the files hold trades.
pub(crate) fn check_bars(content: Content, bars: Option<BarSpec>) -> Result<(), DataError> {
    match (content, bars) {
        (Content::Trades, Some(_)) | (Content::Bars, None) => Ok(()),
        (Content::Trades, None) => Err(DataError::config("bars", "missing, though trades need bars", BAR_SPECS)),
        (Content::Bars, Some(_)) => {
            Err(DataError::config("bars", "given, though the file holds bars already", "no bars"))
        }
    }
}

impl From<DataConfig> for RawDataConfig {
    fn from(config: DataConfig) -> Self {
        let (mut embedded, mut dataset, mut lean, mut binance) = (None, None, None, None);
        let (mut path, mut paths, mut content) = (None, None, None);
        match config.source {
            DataSource::Embedded(name) => embedded = Some(name),
            DataSource::Dataset(folder) => dataset = Some(folder),
            DataSource::Lean(config) => lean = Some(config),
            DataSource::Binance(config) => binance = Some(config),
            DataSource::Files { content: rows, paths: mut files } => {
                content = Some(rows);
                if files.len() == 1 {
                    path = files.pop();
                } else {
                    paths = Some(files);
                }
            }
        }
        Self {
            embedded,
            dataset,
            path,
            paths,
            content,
            format: config.format,
            columns: config.columns,
            time: config.time,
            on_bad_rows: config.on_bad_rows,
            bars: config.bars,
            sides: config.sides,
            quotes: config.quotes,
            finer: config.finer,
            lean,
            binance,
            instrument: config.instrument,
            joins: config.joins,
        }
    }
}

impl DataSource {
    /// What the rows are of a source that carries no metadata of its own.
    fn own_content(&self) -> Option<Content> {
        match self {
            Self::Embedded(_) | Self::Dataset(_) => None,
            Self::Files { content, .. } => Some(*content),
            Self::Lean(lean) => Some(lean.content()),
            Self::Binance(_) => Some(Content::Trades),
        }
    }
}
