//! Making a dataset of a file: checked rows as Parquet, with a `metadata.json` beside them.

use std::fs;
use std::path::{Path, PathBuf};

use scaleout_market::Instrument;

use crate::bad_rows::SkippedRows;
use crate::bars::read_bars;
use crate::columns::Columns;
use crate::content::Content;
use crate::error::DataError;
use crate::format::FileFormat;
use crate::input::sha256_of_file;
use crate::metadata::{ColumnMeaning, Licence, Metadata, Source};
use crate::rows::RowConfig;
use crate::table::Bytes;
use crate::time::{BarTime, TimeConfig, TimeUnit};
use crate::trades::TradeBatches;
use crate::writer::{TableColumn, TableWriter, Values, write_atomically};

/// What is to be imported, and to where.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRequest {
    /// The original CSV or Parquet file.
    pub source: PathBuf,
    /// The dataset's folder; made if it is not there.
    pub into: PathBuf,
    /// How to read the original; without it as the folder's `metadata.json` says.
    pub reading: Option<(Content, RowConfig)>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReport {
    /// The metadata as written.
    pub metadata: Metadata,
    /// Rows of the original that were left out.
    pub skipped: SkippedRows,
    /// Where the data file was written.
    pub data_file: PathBuf,
}

/// Converts a file to a dataset.
///
/// Where the folder already has a `metadata.json`, its words (source, licence, instrument, notes) are kept, the
/// original must have the digest it states, and counts and digests are brought up to date. Otherwise a skeleton is
/// written whose `not_known` lists what a person has to fill in. A refused import leaves the folder as it was.
///
/// # Errors
/// If the original cannot be read, changes while it is read, is not the one that the metadata describe or has rows
/// that cannot be used, or if the dataset cannot be written.
pub fn import(request: &ImportRequest) -> Result<ImportReport, DataError> {
    let known = if request.into.join("metadata.json").exists() { Some(Metadata::read(&request.into)?) } else { None };
    let (content, original) = match (&request.reading, &known) {
        (Some((content, original)), _) => (*content, original.clone()),
        (None, Some(metadata)) => (metadata.content, metadata.original.clone()),
        (None, None) => (Content::Bars, RowConfig::default()),
    };
    let stated = known.as_ref().map(|metadata| metadata.source.sha256.as_str());
    let new_folders = NewFolders::make(&request.into)?;
    let file = content.file_name();
    let data_file = request.into.join(file);
    let bytes = Bytes::File(request.source.clone());
    let written = match content {
        Content::Trades => write_trades(&bytes, &original, &data_file, stated),
        Content::Bars => write_bars(&bytes, &original, &data_file, stated),
    };
    let written = written.map_err(|error| explained(error, &bytes, stated))?;
    new_folders.keep();
    let original_sha256 = written.original_sha256;
    let name = folder_name(&request.into);
    let skeleton = || skeleton(&name, &request.source, content, &original);
    let metadata = Metadata {
        file: file.to_string(),
        content,
        rows: written.rows,
        sha256: sha256_of_file(&data_file)?,
        source: Source {
            sha256: original_sha256,
            ..known.as_ref().map_or_else(|| skeleton().source, |m| m.source.clone())
        },
        columns: known.as_ref().map_or(written.columns, |m| m.columns.clone()),
        reading: RowConfig {
            format: Some(FileFormat::Parquet),
            columns: Columns::default(),
            time: TimeConfig {
                unit: Some(TimeUnit::Ns),
                zone: None,
                bar_time: BarTime::Close,
                bar_length: original.time.bar_length,
            },
            price: original.price,
            ..RowConfig::default()
        },
        original: original.clone(),
        ..known.clone().unwrap_or_else(skeleton)
    };
    write_atomically(&request.into.join("metadata.json"), metadata.to_json().as_bytes())?;
    Ok(ImportReport { metadata, skipped: written.skipped, data_file })
}

struct Written {
    rows: u64,
    skipped: SkippedRows,
    columns: Vec<ColumnMeaning>,
    original_sha256: String,
}

/// Folders that an import made: gone again unless they are kept.
struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    fn make(folder: &Path) -> Result<Self, DataError> {
        let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        // The innermost first, in which order they can be removed.
        let made = folder.ancestors().take_while(missing).map(Path::to_path_buf).collect();
        let made = Self(made);
        fs::create_dir_all(folder).map_err(|error| DataError::io(folder, &error))?;
        Ok(made)
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in &self.0 {
            // One in which something else was put meanwhile stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Refuses an original that is not the one that metadata state.
fn check_digest(bytes: &Bytes, stated: Option<&str>, found: &str) -> Result<(), DataError> {
    match stated {
        Some(expected) if expected != found => Err(DataError::Sha256Mismatch {
            path: bytes.path().to_path_buf(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Why an original cannot be read: if it is not the one that metadata state, that is the reason.
fn explained(error: DataError, bytes: &Bytes, stated: Option<&str>) -> DataError {
    let found = stated.and_then(|_| bytes.sha256().ok());
    found.and_then(|found| check_digest(bytes, stated, &found).err()).unwrap_or(error)
}

fn write_trades(bytes: &Bytes, config: &RowConfig, to: &Path, stated: Option<&str>) -> Result<Written, DataError> {
    let mut batches = TradeBatches::open(bytes, config)?;
    let has_sides = batches.has_sides();
    let mut writer = TableWriter::create(to)?;
    let mut pending = Vec::new();
    let mut rows = 0;
    let mut write = |trades: &[scaleout_market::Trade]| {
        rows += trades.len() as u64;
        let mut columns = vec![
            TableColumn::new("ts", Values::Integers(trades.iter().map(|trade| trade.ts.nanos()).collect())),
            TableColumn::new("price", Values::Numbers(trades.iter().map(|trade| Some(trade.price)).collect())),
            TableColumn::new("qty", Values::Numbers(trades.iter().map(|trade| Some(trade.qty)).collect())),
        ];
        if has_sides {
            let side = |trade: &scaleout_market::Trade| trade.aggressor.map(scaleout_market::Aggressor::sign);
            columns.push(TableColumn::new("side", Values::Numbers(trades.iter().map(side).collect())));
        }
        writer.write(&columns)
    };
    for batch in batches.by_ref() {
        pending.extend(batch?);
        if ROW_GROUP <= pending.len() {
            write(&pending)?;
            pending.clear();
        }
    }
    if !pending.is_empty() {
        write(&pending)?;
    }
    if rows == 0 {
        return Err(DataError::Empty { path: bytes.path().to_path_buf(), what: "trades" });
    }
    let original_sha256 = batches.sha256();
    check_digest(bytes, stated, &original_sha256)?;
    writer.finish()?;
    let mut columns = vec![
        meaning("ts", "ns since 1970, UTC", "when the trade was made"),
        meaning("price", "currency per unit", "price of the trade"),
        meaning("qty", "units", "quantity of the trade"),
    ];
    if has_sides {
        columns.push(meaning("side", "+1 or -1", "who crossed the spread: +1 a buyer, -1 a seller"));
    }
    Ok(Written { rows, skipped: batches.skipped().clone(), columns, original_sha256 })
}

const ROW_GROUP: usize = 1 << 18;

fn write_bars(bytes: &Bytes, config: &RowConfig, to: &Path, stated: Option<&str>) -> Result<Written, DataError> {
    let file = read_bars(bytes, config)?;
    check_digest(bytes, stated, &file.sha256)?;
    let bars = file.series.bars();
    let numbers =
        |of: fn(&scaleout_market::Bar) -> f64| Values::Numbers(bars.iter().map(|bar| Some(of(bar))).collect());
    let mut columns = vec![
        TableColumn::new("ts", Values::Integers(bars.iter().map(|bar| bar.ts.nanos()).collect())),
        TableColumn::new("open", numbers(|bar| bar.open)),
        TableColumn::new("high", numbers(|bar| bar.high)),
        TableColumn::new("low", numbers(|bar| bar.low)),
        TableColumn::new("close", numbers(|bar| bar.close)),
        TableColumn::new("volume", numbers(|bar| bar.volume)),
    ];
    let mut meanings = vec![
        meaning("ts", "ns since 1970, UTC", "when the bar closed"),
        meaning("open", "currency per unit", "first price"),
        meaning("high", "currency per unit", "highest price"),
        meaning("low", "currency per unit", "lowest price"),
        meaning("close", "currency per unit", "last price"),
        meaning("volume", "units", "quantity traded"),
    ];
    for column in file.series.columns() {
        columns.push(TableColumn::new(&column.name, Values::Numbers(column.values.clone())));
        meanings.push(meaning(&column.name, "not stated", "further column of the original"));
    }
    crate::write_table(to, &columns)?;
    Ok(Written { rows: bars.len() as u64, skipped: file.skipped, columns: meanings, original_sha256: file.sha256 })
}

fn meaning(name: &str, unit: &str, meaning: &str) -> ColumnMeaning {
    ColumnMeaning { name: name.into(), unit: unit.into(), meaning: meaning.into() }
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "dataset".into(), |name| name.to_string_lossy().into_owned())
}

fn skeleton(name: &str, source: &Path, content: Content, original: &RowConfig) -> Metadata {
    let file = source.file_name().map_or_else(String::new, |file| file.to_string_lossy().into_owned());
    Metadata {
        name: name.to_string(),
        title: format!("{file}, imported"),
        file: content.file_name().to_string(),
        content,
        rows: 0,
        sha256: String::new(),
        source: Source {
            description: "not stated".into(),
            url: String::new(),
            file: file.clone(),
            sha256: String::new(),
        },
        licence: Licence { name: "not stated".into(), text: String::new() },
        made_by: format!("scaleout import {file} --into datasets/{name}"),
        columns: Vec::new(),
        original: original.clone(),
        reading: RowConfig::default(),
        vendor: None,
        not_known: vec!["source".into(), "licence".into(), "instrument: tick size, multiplier, fees".into()],
        notes: Vec::new(),
        instrument: Instrument { price: original.price, ..Instrument::frictionless(&name.to_uppercase(), "USD") },
    }
}
