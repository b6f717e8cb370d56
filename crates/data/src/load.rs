use std::path::{Path, PathBuf};

use scaleout_market::{Instrument, MarketHistory};
use serde::Serialize;

use crate::config::{BAR_SPECS, NO_INSTRUMENT, check_bars};
use crate::finer::read_finer;
use crate::history::{history_of_ticks, series, with_quotes_and_books};
use crate::join::join;
use crate::lean::Resolution;
use crate::origin::{Origin, combined, digest_of, read_tables};
use crate::{
    BarSpec, BinanceConfig, DataConfig, DataError, DataSource, LeanConfig, Length, Metadata, QuotePlaces, SideRule,
    SkippedRows, binance, lean,
};

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

/// A file and its digest, for the provenance of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileDigest {
    /// The file's name as the config gives it.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// What was noticed while reading: nothing is left out without being counted here.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct LoadReport {
    /// Bars in the history.
    pub bars: usize,
    /// Trades read.
    pub trades: usize,
    /// Trades after the last complete bar; they are not in the history.
    pub trades_after_last_bar: usize,
    /// Finer bars in the history.
    pub finer_bars: usize,
    /// Quotes read.
    pub quotes: usize,
    /// Order-book states read.
    pub books: usize,
    /// Rows left out because the vendor marked them as suspicious.
    pub suspicious: u64,
    /// Quotes and books left out because one side was not known.
    pub one_sided_quotes: u64,
    /// Trades left out because they were made outside the wanted hours.
    pub outside_session: u64,
    /// Messages of the order book left out because the book had their changes already.
    pub repeated_messages: u64,
    /// Where the trades lay in the quotes before them, if that told the sides.
    pub quote_places: Option<QuotePlaces>,
    /// Rows left out because they could not be used.
    pub skipped: SkippedRows,
    /// Columns left out because they hold no numbers.
    pub ignored_columns: Vec<String>,
    /// The rule that told who crossed the spread.
    pub sides: Option<SideRule>,
    /// The nominal length of a bar, as declared or found.
    pub bar_length: Option<Length>,
}

/// What a source gives, before other series join.
pub(crate) struct Read {
    pub(crate) name: String,
    /// Named in errors about the whole.
    pub(crate) path: PathBuf,
    pub(crate) history: MarketHistory,
    pub(crate) instrument: Instrument,
    pub(crate) digests: Vec<FileDigest>,
}

/// Reads the history that a config names. Relative paths start at `base_dir`, the folder of the config file.
///
/// Everything is held in memory: about 56 bytes a bar, 32 a trade and 40 a quote. For tapes that do not fit use
/// [`trade_batches`](crate::trade_batches) and a [`BarBuilder`](crate::BarBuilder).
pub fn load(config: &DataConfig, base_dir: &Path) -> Result<LoadedMarket, DataError> {
    let mut report = LoadReport::default();
    let read = match &config.source {
        DataSource::Embedded(name) => read_tables(Origin::embedded(config, name)?, config, base_dir, &mut report)?,
        DataSource::Dataset(folder) => read_dataset(config, base_dir, &base_dir.join(folder), &mut report)?,
        DataSource::Files { content, paths } => {
            read_tables(Origin::files(config, *content, paths, base_dir)?, config, base_dir, &mut report)?
        }
        DataSource::Lean(lean) => read_lean(config, lean, config.own_instrument()?, base_dir, &mut report)?,
        DataSource::Binance(binance) => read_binance(config, binance, config.own_instrument()?, base_dir, &mut report)?,
    };
    let Read { name, path, mut history, instrument, mut digests } = read;
    let sha256 = combined(&digests);
    let mut columns = history.series.columns().to_vec();
    for join_config in &config.joins {
        let joined_path = base_dir.join(&join_config.path);
        let joined = join(history.series.bars(), &joined_path, join_config)?;
        report.skipped.merge(&joined.skipped);
        report.ignored_columns.extend(joined.ignored);
        columns.extend(joined.columns);
        digests.push(digest_of(&join_config.path, base_dir)?);
    }
    if let Some(finer) = &config.finer {
        read_finer(finer, base_dir, instrument.price, config.on_bad_rows, &mut history, &mut report)?;
        digests.push(digest_of(&finer.path, base_dir)?);
    }
    if !config.joins.is_empty() {
        history.series = series(history.series.bars().to_vec(), columns, &path)?;
    }
    report.bars = history.series.len();
    Ok(LoadedMarket { name, history, instrument, sha256, files: digests, report })
}

/// Reads a folder with a `metadata.json`, whose digest the files must have.
fn read_dataset(
    config: &DataConfig,
    base_dir: &Path,
    folder: &Path,
    report: &mut LoadReport,
) -> Result<Read, DataError> {
    let metadata = Metadata::read(folder)?;
    let instrument = config.instrument.clone().unwrap_or_else(|| metadata.instrument.clone());
    let read = match (&metadata.lean, &metadata.binance) {
        (Some(lean), _) => read_lean(config, lean, instrument, folder, report)?,
        (None, Some(binance)) => read_binance(config, binance, instrument, folder, report)?,
        (None, None) => return read_tables(Origin::dataset(config, metadata, folder)?, config, base_dir, report),
    };
    let found = combined(&read.digests);
    if found != metadata.sha256 {
        return Err(DataError::Sha256Mismatch { path: folder.join(&metadata.file), expected: metadata.sha256, found });
    }
    Ok(Read { name: metadata.name, ..read })
}

fn read_lean(
    config: &DataConfig,
    lean: &LeanConfig,
    instrument: Instrument,
    base_dir: &Path,
    report: &mut LoadReport,
) -> Result<Read, DataError> {
    check_bars(lean.content(), config.bars)?;
    let data = lean::read(lean, base_dir, instrument.price, config.on_bad_rows)?;
    let path = base_dir.join(&lean.folder);
    let history = match lean.resolution {
        Resolution::Tick => history_of_ticks(data.ticks, config.own_bars()?, config.sides, &instrument, &path, report)?,
        Resolution::Minute => {
            report.bar_length = Length::from_nanos(60_000_000_000);
            let series = series(data.bars, Vec::new(), &path)?;
            if series.is_empty() {
                return Err(DataError::Empty { path, what: "bars" });
            }
            with_quotes_and_books(series, Vec::new(), Vec::new(), data.ticks, report)
        }
    };
    let name = lean.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(Read { name, path, history, instrument, digests: data.digests })
}

fn read_binance(
    config: &DataConfig,
    binance: &BinanceConfig,
    instrument: Instrument,
    base_dir: &Path,
    report: &mut LoadReport,
) -> Result<Read, DataError> {
    let path = base_dir.join(&binance.path);
    let ticks = binance::read(&path, binance.levels, config.on_bad_rows)?;
    let history = history_of_ticks(ticks, config.own_bars()?, config.sides, &instrument, &path, report)?;
    let name = binance.path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Ok(Read { name, path, history, instrument, digests: vec![digest_of(&binance.path, base_dir)?] })
}

impl DataConfig {
    /// The instrument of a source that has none of its own.
    pub(crate) fn own_instrument(&self) -> Result<Instrument, DataError> {
        self.instrument.clone().ok_or_else(|| DataError::config("instrument", "missing", NO_INSTRUMENT))
    }

    pub(crate) fn own_bars(&self) -> Result<BarSpec, DataError> {
        self.bars.ok_or_else(|| DataError::config("bars", "missing, though trades need bars", BAR_SPECS))
    }
}
