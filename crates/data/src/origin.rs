use std::path::{Path, PathBuf};

use scaleout_market::{BarSeries, Column, Instrument, MarketHistory};

use crate::bars::{BarFile, read_bars};
use crate::config::check_bars;
use crate::digest::{sha256_of, sha256_of_file};
use crate::embedded::Embedded;
use crate::history::{history_of_ticks, series};
use crate::load::Read;
use crate::quotes::read_quotes;
use crate::table::Bytes;
use crate::ticks::Ticks;
use crate::{Content, DataConfig, DataError, FileDigest, LoadReport, Metadata, RowConfig, TradeBatches};

/// Reads the tables of a dataset or of the user.
pub(crate) fn read_tables(
    mut origin: Origin,
    config: &DataConfig,
    base_dir: &Path,
    report: &mut LoadReport,
) -> Result<Read, DataError> {
    check_bars(origin.content, config.bars)?;
    let history = match origin.content {
        Content::Bars => MarketHistory::from_series(read_bar_files(&origin, report)?),
        Content::Trades => read_trade_files(&mut origin, config, base_dir, report)?,
    };
    let Origin { name, path, instrument, digests, .. } = origin;
    Ok(Read { name, path, history, instrument, digests })
}

/// The digest of a file of the config, under the name that the config gives it.
pub(crate) fn digest_of(path: &Path, base_dir: &Path) -> Result<FileDigest, DataError> {
    Ok(FileDigest { name: path.display().to_string(), sha256: sha256_of_file(&base_dir.join(path))? })
}

/// The digest of one file, or of the digests of several one after another.
pub(crate) fn combined(digests: &[FileDigest]) -> String {
    match digests {
        [one] => one.sha256.clone(),
        many => sha256_of(many.iter().map(|digest| digest.sha256.as_str()).collect::<String>().as_bytes()),
    }
}

/// Where the bytes are and how to read them, whatever the config's way of saying so.
pub(crate) struct Origin {
    name: String,
    /// Named in errors about the whole.
    path: PathBuf,
    content: Content,
    parts: Vec<Bytes>,
    rows: RowConfig,
    instrument: Instrument,
    digests: Vec<FileDigest>,
}

impl Origin {
    pub(crate) fn embedded(config: &DataConfig, name: &str) -> Result<Self, DataError> {
        let dataset = Embedded::named(name)?;
        let metadata = dataset.metadata()?;
        let bytes = dataset.bytes(&metadata.file);
        Self::of_dataset(config, metadata, bytes)
    }

    pub(crate) fn dataset(config: &DataConfig, metadata: Metadata, folder: &Path) -> Result<Self, DataError> {
        let bytes = Bytes::File(folder.join(&metadata.file));
        Self::of_dataset(config, metadata, bytes)
    }

    pub(crate) fn files(
        config: &DataConfig,
        content: Content,
        paths: &[PathBuf],
        base_dir: &Path,
    ) -> Result<Self, DataError> {
        let instrument = config.own_instrument()?;
        let digests = paths.iter().map(|path| digest_of(path, base_dir)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            name: paths[0].file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
            path: base_dir.join(&paths[0]),
            content,
            parts: paths.iter().map(|path| Bytes::File(base_dir.join(path))).collect(),
            rows: RowConfig {
                format: config.format,
                columns: config.columns.clone(),
                time: config.time.clone(),
                price: instrument.price,
                on_bad_rows: config.on_bad_rows,
            },
            instrument,
            digests,
        })
    }

    /// The files of the tables, and how their rows are read.
    pub(crate) fn tables(&self) -> (&[Bytes], &RowConfig) {
        (&self.parts, &self.rows)
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
        })
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

fn read_trade_files(
    origin: &mut Origin,
    config: &DataConfig,
    base_dir: &Path,
    report: &mut LoadReport,
) -> Result<MarketHistory, DataError> {
    let mut ticks = Ticks { has_sides: true, ..Ticks::default() };
    for part in &origin.parts {
        let mut batches = TradeBatches::open(part, &origin.rows)?;
        batches.continue_after(ticks.trades.last().map(|trade| trade.ts));
        ticks.has_sides &= batches.has_sides();
        for batch in batches.by_ref() {
            ticks.trades.extend(batch?);
        }
        ticks.skipped.merge(batches.skipped());
    }
    if let Some(quotes) = &config.quotes {
        read_quotes(quotes, base_dir, &origin.rows, &mut ticks)?;
        origin.digests.push(digest_of(&quotes.path, base_dir)?);
    }
    history_of_ticks(ticks, config.own_bars()?, config.sides, &origin.instrument, &origin.path, report)
}
