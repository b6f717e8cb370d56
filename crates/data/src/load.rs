use std::path::{Path, PathBuf};

use scaleout_market::{BarSeries, Column, Instrument, MarketHistory, Trade};
use serde::Serialize;

use crate::bars::{BarFile, read_bars};
use crate::config::{BAR_SPECS, check_bars};
use crate::digest::{sha256_of, sha256_of_file};
use crate::embedded::Embedded;
use crate::join::join;
use crate::sides::sides_by_tick_rule;
use crate::table::Bytes;
use crate::{
    BarSpec, Content, DataConfig, DataError, DataSource, Length, Metadata, RowConfig, SideRule, SkippedRows,
    TradeBatches, bars_from_trades,
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
    /// Rows left out because they could not be used.
    pub skipped: SkippedRows,
    /// Columns left out because they hold no numbers.
    pub ignored_columns: Vec<String>,
    /// The rule that told who crossed the spread.
    pub sides: Option<SideRule>,
    /// The nominal length of a bar, as declared or found.
    pub bar_length: Option<Length>,
}

/// Reads the history that a config names. Relative paths start at `base_dir`, the folder of the config file.
///
/// Everything is held in memory: about 56 bytes a bar and 32 a trade. For tapes that do not fit use
/// [`trade_batches`](crate::trade_batches) and a [`BarBuilder`](crate::BarBuilder).
pub fn load(config: &DataConfig, base_dir: &Path) -> Result<LoadedMarket, DataError> {
    let origin = Origin::find(config, base_dir)?;
    check_bars(origin.content, config.bars)?;
    let mut report = LoadReport::default();
    let mut history = match origin.content {
        Content::Bars => MarketHistory::from_series(read_bar_files(&origin, &mut report)?),
        Content::Trades => read_trade_files(&origin, config, &mut report)?,
    };
    let mut files = origin.digests;
    let mut columns = history.series.columns().to_vec();
    for join_config in &config.joins {
        let path = base_dir.join(&join_config.path);
        let joined = join(history.series.bars(), &path, join_config)?;
        report.skipped.merge(&joined.skipped);
        columns.extend(joined.columns);
        files.push(FileDigest { name: join_config.path.display().to_string(), sha256: sha256_of_file(&path)? });
    }
    if !config.joins.is_empty() {
        history.series = series(history.series.bars().to_vec(), columns, &origin.path)?;
    }
    report.bars = history.series.len();
    Ok(LoadedMarket { name: origin.name, history, instrument: origin.instrument, sha256: origin.sha256, files, report })
}

/// Where the bytes are and how to read them, whatever the config's way of saying so.
struct Origin {
    name: String,
    /// Named in errors about the whole.
    path: PathBuf,
    content: Content,
    parts: Vec<Bytes>,
    rows: RowConfig,
    instrument: Instrument,
    sha256: String,
    digests: Vec<FileDigest>,
}

impl Origin {
    fn find(config: &DataConfig, base_dir: &Path) -> Result<Self, DataError> {
        match &config.source {
            DataSource::Embedded(name) => {
                let dataset = Embedded::named(name)?;
                let metadata = dataset.metadata()?;
                let bytes = dataset.bytes(&metadata.file);
                Self::of_dataset(config, metadata, bytes)
            }
            DataSource::Dataset(folder) => {
                let folder = base_dir.join(folder);
                let metadata = Metadata::read(&folder)?;
                let bytes = Bytes::File(folder.join(&metadata.file));
                Self::of_dataset(config, metadata, bytes)
            }
            DataSource::Files { content, paths } => {
                let instrument = config.instrument.clone().ok_or_else(|| {
                    DataError::config("instrument", "missing", "at least [data.instrument] with symbol and currency")
                })?;
                let full: Vec<PathBuf> = paths.iter().map(|path| base_dir.join(path)).collect();
                let digests = paths.iter().zip(&full).map(|(path, full)| {
                    Ok(FileDigest { name: path.display().to_string(), sha256: sha256_of_file(full)? })
                });
                let digests: Vec<FileDigest> = digests.collect::<Result<_, DataError>>()?;
                Ok(Self {
                    name: paths[0].file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
                    path: full[0].clone(),
                    content: *content,
                    parts: full.into_iter().map(Bytes::File).collect(),
                    rows: RowConfig {
                        format: config.format,
                        columns: config.columns.clone(),
                        time: config.time.clone(),
                        price: config.price(),
                        on_bad_rows: config.on_bad_rows,
                    },
                    instrument,
                    sha256: combined(&digests),
                    digests,
                })
            }
        }
    }

    fn of_dataset(config: &DataConfig, metadata: Metadata, bytes: Bytes) -> Result<Self, DataError> {
        let found = match &bytes {
            Bytes::File(path) => sha256_of_file(path)?,
            Bytes::Embedded(_, bytes) => sha256_of(bytes),
        };
        if found != metadata.sha256 {
            return Err(DataError::Sha256Mismatch {
                path: bytes.path().to_path_buf(),
                expected: metadata.sha256,
                found,
            });
        }
        let instrument = config.instrument.clone().unwrap_or(metadata.instrument);
        Ok(Self {
            digests: vec![FileDigest { name: format!("{}/{}", metadata.name, metadata.file), sha256: found.clone() }],
            name: metadata.name,
            path: bytes.path().to_path_buf(),
            content: metadata.content,
            parts: vec![bytes],
            rows: RowConfig { price: instrument.price, on_bad_rows: config.on_bad_rows, ..metadata.reading },
            instrument,
            sha256: found,
        })
    }
}

fn combined(digests: &[FileDigest]) -> String {
    match digests {
        [one] => one.sha256.clone(),
        many => sha256_of(many.iter().map(|digest| digest.sha256.as_str()).collect::<String>().as_bytes()),
    }
}

fn read_bar_files(origin: &Origin, report: &mut LoadReport) -> Result<BarSeries, DataError> {
    let mut files = Vec::new();
    for part in &origin.parts {
        let BarFile { series, skipped, ignored, bar_length } = read_bars(part, &origin.rows)?;
        report.skipped.merge(&skipped);
        report.ignored_columns.extend(ignored);
        report.bar_length = report.bar_length.or(bar_length);
        files.push(series);
    }
    if files.len() == 1 {
        return Ok(files.swap_remove(0));
    }
    let names = files[0].column_names();
    if let Some((file, part)) = files.iter().zip(&origin.parts).find(|(file, _)| file.column_names() != names) {
        return Err(DataError::MissingColumn {
            path: part.path().to_path_buf(),
            column: names.join(", "),
            accepted: "the same further columns in every file".into(),
            found: file.column_names().join(", "),
        });
    }
    let bars = files.iter().flat_map(|file| file.bars().iter().copied()).collect();
    let columns = names.into_iter().enumerate().map(|(position, name)| Column {
        name,
        values: files.iter().flat_map(|file| file.columns()[position].values.iter().copied()).collect(),
    });
    series(bars, columns.collect(), &origin.path)
}

fn read_trade_files(origin: &Origin, config: &DataConfig, report: &mut LoadReport) -> Result<MarketHistory, DataError> {
    let spec = config.bars.ok_or_else(|| DataError::config("bars", "missing", BAR_SPECS))?;
    let mut trades: Vec<Trade> = Vec::new();
    let mut has_sides = true;
    for part in &origin.parts {
        let mut batches = TradeBatches::open(part, &origin.rows)?;
        has_sides &= batches.has_sides();
        for batch in batches.by_ref() {
            trades.extend(batch?);
        }
        report.skipped.merge(batches.skipped());
    }
    let rule = match config.sides {
        Some(SideRule::File) if !has_sides => {
            return Err(DataError::config(
                "sides",
                "`file`, but there is no side column",
                "tick-rule, or columns.side",
            ));
        }
        Some(SideRule::LeeReady) => {
            return Err(DataError::config("sides", "`lee-ready`, but there are no quotes", "tick-rule, or file"));
        }
        Some(rule) => rule,
        None if has_sides => SideRule::File,
        None => SideRule::TickRule,
    };
    if rule == SideRule::TickRule {
        sides_by_tick_rule(&mut trades);
    }
    let (bars, trade_ends) = bars_from_trades(&trades, spec, origin.instrument.multiplier);
    if bars.is_empty() {
        return Err(DataError::Empty { path: origin.path.clone(), what: "complete bars" });
    }
    report.trades = trades.len();
    trades.truncate(trade_ends.last().copied().unwrap_or_default());
    report.trades_after_last_bar = report.trades - trades.len();
    report.sides = Some(rule);
    report.bar_length = match spec {
        BarSpec::Time(length) => Some(length),
        BarSpec::Volume(_) | BarSpec::Trades(_) | BarSpec::Dollar(_) => None,
    };
    let series = series(bars, Vec::new(), &origin.path)?;
    Ok(MarketHistory { series, trades, trade_ends, ..MarketHistory::default() })
}

fn series(bars: Vec<scaleout_market::Bar>, columns: Vec<Column>, path: &Path) -> Result<BarSeries, DataError> {
    BarSeries::new(bars, columns).map_err(|source| DataError::Series { path: path.to_path_buf(), source })
}
