//! Features as a table of their own: for research, for other tools, and for the referees.

use std::path::{Path, PathBuf};

use scaleout_data::{
    Columns, Content, DataConfig, DataSource, FilesSource, LoadedMarket, OnBadRows, RowConfig, TableColumn, TimeConfig,
    Values, load, trade_batches, write_table,
};
use scaleout_features::{FeatureError, FeatureSet};
use scaleout_market::{Instrument, MarketHistory, PriceDomain, Trade};

use crate::{ExperimentError, LoadedConfig, feature_tables::inputs::check_outputs};

/// Where the market of a feature table comes from.
#[derive(Debug, Clone)]
pub enum FeatureSource {
    /// The data of an experiment.
    Experiment(Box<LoadedConfig>),
    /// A file of bars and, where features need them, one of trades; a trade belongs to the first bar that closes at
    /// or after it.
    Files {
        /// CSV or Parquet with `ts, open, high, low, close, volume`.
        bars: PathBuf,
        /// CSV or Parquet with `ts, price, qty` and perhaps `side`.
        trades: Option<PathBuf>,
    },
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTableReport {
    /// Rows, one a bar.
    pub bars: usize,
    /// Each feature with the share of bars at which it has a value.
    pub coverage: Vec<(String, f64)>,
}

/// Writes the values of the features `specs` (by default the experiment's, and for files all that they give) at every
/// close to `out` (CSV or Parquet by its ending), beside the bars' close times.
///
/// # Errors
/// If the market cannot be read, `out` is one of its files, a feature does not fit it, or the file cannot be written.
pub fn write_feature_table(
    source: &FeatureSource,
    specs: Option<&[String]>,
    out: &Path,
) -> Result<FeatureTableReport, ExperimentError> {
    let (history, own, files) = match source {
        FeatureSource::Experiment(loaded) => {
            let LoadedMarket { history, files, .. } = load(&loaded.config.data, &loaded.base)?;
            (history, loaded.config.training.features.clone(), files)
        }
        FeatureSource::Files { bars, trades } => {
            (history_of_files(bars, trades.as_deref())?, preset_of_files(trades.as_deref())?, Vec::new())
        }
    };
    check_outputs(&[out.to_owned()], source, &files)?;
    let set = specs.map_or(Ok(own), FeatureSet::parse)?;
    let table = set.columns_of(&history)?;
    let bars = history.series.bars();
    let mut columns = vec![TableColumn::new("ts", Values::Integers(bars.iter().map(|bar| bar.ts.nanos()).collect()))];
    let mut coverage = Vec::new();
    for (column, name) in table.names().iter().enumerate() {
        let values: Vec<Option<f64>> = table.column(column).collect();
        let known = values.iter().flatten().count();
        coverage.push((name.clone(), known as f64 / bars.len().max(1) as f64));
        columns.push(TableColumn::new(name, Values::Numbers(values)));
    }
    write_table(out, &columns)?;
    Ok(FeatureTableReport { bars: bars.len(), coverage })
}

/// The market in a file of bars and perhaps one of trades; a trade belongs to the first bar that closes at or after it.
pub(crate) fn history_of_files(bars: &Path, trades: Option<&Path>) -> Result<MarketHistory, ExperimentError> {
    let config = DataConfig {
        source: DataSource::Files(FilesSource { content: Content::Bars, paths: vec![bars.to_owned()] }),
        format: None,
        columns: Columns::default(),
        time: TimeConfig::default(),
        on_bad_rows: OnBadRows::Refuse,
        instrument: Some(Instrument { price: PriceDomain::Real, ..Instrument::frictionless("bars", "USD") }),
        bars: None,
        sides: None,
        quotes: None,
        finer: None,
        joins: Vec::new(),
    };
    let mut history = load(&config, Path::new(""))?.history;
    if let Some(path) = trades {
        let reading = RowConfig { price: PriceDomain::Real, ..RowConfig::default() };
        let mut tape: Vec<Trade> = Vec::new();
        for batch in trade_batches(path, &reading)? {
            tape.extend(batch?);
        }
        let ends = history.series.bars().iter().map(|bar| tape.partition_point(|trade| trade.ts <= bar.ts));
        history.trade_ends = ends.collect();
        tape.truncate(history.trade_ends.last().copied().unwrap_or(0));
        history.trades = tape;
    }
    Ok(history)
}

/// The file's own name without its ending.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// What is computed from files if nothing is said: all that bars give, and all that trades give where there are some.
pub(crate) fn preset_of_files(trades: Option<&Path>) -> Result<FeatureSet, FeatureError> {
    let presets = ["preset:bars", "preset:trades"];
    FeatureSet::parse(&presets[..1 + usize::from(trades.is_some())])
}
