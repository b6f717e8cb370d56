//! From a config to a market's history, ready to be replayed.

use std::path::Path;

use scaleout_market::{Instrument, MarketHistory};

use crate::adjust::Factors;
use crate::config::DataConfig;
use crate::error::DataError;
use crate::finer::read_finer;
use crate::history::series;
use crate::input::{FileDigest, combined};
use crate::join::join;
use crate::load_report::LoadReport;
use crate::rows::RowConfig;
use crate::source::{Read, Request};

/// A market's history, ready to be replayed, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedMarket {
    /// Name of the dataset, or of the file.
    pub name: String,
    /// Bars with their columns, and the trades between their closes.
    pub history: MarketHistory,
    /// What is traded.
    pub instrument: Instrument,
    /// Digest of the data file; of several, that of their digests one after another.
    pub sha256: String,
    /// Every file that was read, with its digest.
    pub files: Vec<FileDigest>,
    /// What was noticed on the way.
    pub report: LoadReport,
}

/// Reads the history that a config names. Relative paths start at `base_dir`, the folder of the config file.
///
/// Everything is held in memory: about 56 bytes a bar, 32 a trade and 40 a quote. For tapes that do not fit use
/// [`trade_batches`](crate::trade_batches) and a [`BarBuilder`](crate::BarBuilder).
///
/// # Errors
/// If a file cannot be read, changes while it is read or is not the one its metadata describes, if a row cannot be
/// used, or if nothing is left.
pub fn load(config: &DataConfig, base_dir: &Path) -> Result<LoadedMarket, DataError> {
    let mut report = LoadReport::default();
    let request = config.request(base_dir);
    if let Some(column) = config.source.source().symbol_column(&request)? {
        let problem = format!("holds several markets, by its column `{column}`");
        return Err(DataError::config("dataset", problem, "a dataset of one market, or an experiment on all of them"));
    }
    let read = config.source.source().read(&request, &mut report)?;
    with_joins(read, config, base_dir, &mut report)
}

/// The market of what a source gave, with the series that join it.
pub(crate) fn with_joins(
    read: Read,
    config: &DataConfig,
    base_dir: &Path,
    report: &mut LoadReport,
) -> Result<LoadedMarket, DataError> {
    let Read { name, path, mut history, instrument, mut digests } = read;
    let mut sha256 = combined(&digests);
    if let Some(adjust) = &config.adjust {
        let factors = Factors::read(adjust, base_dir, &instrument.symbol)?;
        (history, report.before_listing) = factors.applied(history, config.time.zone.as_deref(), &path)?;
        digests.push(factors.digest);
        // Other factors are other prices.
        sha256 = combined(&digests);
    }
    let mut columns = history.series.columns().to_vec();
    for join_config in &config.joins {
        let joined = join(history.series.bars(), &base_dir.join(&join_config.path), join_config)?;
        report.skipped.merge(&joined.skipped);
        report.ignored_columns.extend(joined.ignored);
        columns.extend(joined.columns);
        digests.push(FileDigest { name: join_config.path.display().to_string(), sha256: joined.sha256 });
    }
    if let Some(finer) = &config.finer {
        let sha256 = read_finer(finer, base_dir, instrument.price, config.on_bad_rows, &mut history, report)?;
        digests.push(FileDigest { name: finer.path.display().to_string(), sha256 });
    }
    if !config.joins.is_empty() {
        history.series = series(history.series.bars().to_vec(), columns, &path)?;
    }
    report.bars = history.series.len();
    let report = std::mem::take(report);
    Ok(LoadedMarket { name, history, instrument, sha256, files: digests, report })
}

impl DataConfig {
    /// What the config asks of its source.
    pub(crate) fn request<'a>(&'a self, base_dir: &'a Path) -> Request<'a> {
        Request {
            base_dir,
            rows: RowConfig {
                format: self.format,
                columns: self.columns.clone(),
                time: self.time.clone(),
                price_divisor: self.price_divisor,
                on_bad_rows: self.on_bad_rows,
                ..RowConfig::default()
            },
            instrument: self.instrument.as_ref(),
            bars: self.bars,
            sides: self.sides,
            quotes: self.quotes.as_ref(),
        }
    }
}
