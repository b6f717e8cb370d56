//! Features as a table of their own: for research, for other tools, and for the referees.

use std::path::{Path, PathBuf};

use scaleout_data::{
    DataConfig, MarketRead, RowConfig, TableColumn, TableFormat, TableWriter, Values, load, load_markets, trade_batches,
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
/// close to `out` (CSV or Parquet by its ending), beside the bars' close times; of several markets one after another,
/// beside their symbols.
///
/// # Errors
/// If the market cannot be read, `out` is one of its files, a feature does not fit it, or the file cannot be written.
pub fn write_feature_table(
    source: &FeatureSource,
    specs: Option<&[String]>,
    out: &Path,
) -> Result<FeatureTableReport, ExperimentError> {
    let (markets, own, files): (Vec<(String, MarketHistory)>, _, _) = match source {
        FeatureSource::Experiment(loaded) => {
            let reads = load_markets(&loaded.config.data, &loaded.base)?;
            let files = reads.iter().flat_map(|read| read.market.files.clone()).collect();
            let markets = reads.into_iter().map(|MarketRead { market, .. }| (market.instrument.symbol, market.history));
            (markets.collect(), loaded.config.training.features.clone(), files)
        }
        FeatureSource::Files { bars, trades } => {
            let history = history_of_files(bars, trades.as_deref())?;
            (vec![(String::new(), history)], preset_of_files(trades.as_deref())?, Vec::new())
        }
    };
    check_outputs(&[out.to_owned()], source, &files)?;
    let set = specs.map_or(Ok(own), FeatureSet::parse)?;
    // One market after another, so that memory does not grow with their number.
    let mut writer = TableWriter::create(out)?;
    let mut report = FeatureTableReport { bars: 0, coverage: Vec::new() };
    let mut known: Vec<usize> = Vec::new();
    let mut names = Vec::new();
    for (symbol, history) in &markets {
        let table = set.columns_of(history)?;
        let bars = history.series.bars();
        let symbols = || TableColumn::new("symbol", Values::Texts(vec![symbol.clone(); bars.len()]));
        let mut columns: Vec<TableColumn> = (1 < markets.len()).then(symbols).into_iter().collect();
        columns.push(TableColumn::new("ts", Values::Integers(bars.iter().map(|bar| bar.ts.nanos()).collect())));
        names = table.names().to_vec();
        known.resize(names.len(), 0);
        for (column, name) in names.iter().enumerate() {
            let values: Vec<Option<f64>> = table.column(column).collect();
            known[column] += values.iter().flatten().count();
            columns.push(TableColumn::new(name, Values::Numbers(values)));
        }
        writer.write(&columns)?;
        report.bars += bars.len();
    }
    writer.finish()?;
    let share = |known: usize| known as f64 / report.bars.max(1) as f64;
    report.coverage = names.into_iter().zip(known).map(|(name, known)| (name, share(known))).collect();
    Ok(report)
}

/// The market in a file of bars and perhaps one of trades; a trade belongs to the first bar that closes at or after it.
pub(crate) fn history_of_files(bars: &Path, trades: Option<&Path>) -> Result<MarketHistory, ExperimentError> {
    let instrument = Instrument { price: PriceDomain::Real, ..Instrument::frictionless("bars", "USD") };
    let config = DataConfig::of_bars(vec![bars.to_owned()], instrument);
    let mut history = load(&config, Path::new(""))?.history;
    if let Some(path) = trades {
        let reading = RowConfig { format: Some(TableFormat::Auto), price: PriceDomain::Real, ..RowConfig::default() };
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
