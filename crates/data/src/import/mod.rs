//! Making a dataset of a file: checked rows as Parquet, with a `metadata.json` beside them.

mod exchange;
mod folders;
mod write;

use std::path::{Path, PathBuf};

use scaleout_market::Instrument;

use self::exchange::Exchange;
pub(crate) use self::exchange::settle;
use self::folders::NewFolders;
use self::write::{SYMBOL, Written, explained, write_bars, write_trades};
use crate::adjust::AdjustConfig;
use crate::bad_rows::SkippedRows;
use crate::columns::Columns;
use crate::content::Content;
use crate::error::DataError;
use crate::format::FileFormat;
use crate::formats::{Detected, TableFormat};
use crate::input::files_of_pattern;
use crate::metadata::{Licence, Metadata, Source};
use crate::rows::RowConfig;
use crate::table::Bytes;
use crate::time::{TimeConfig, TimeUnit};

/// What is to be imported, and to where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportRequest {
    /// The original files, folders and patterns, one at least, each beginning where the one before ends.
    pub sources: Vec<PathBuf>,
    /// The dataset's folder; made if it is not there.
    pub into: PathBuf,
    /// Whose rows they are: of one market, or of as many as there are files.
    pub markets: ImportMarkets,
    /// Splits and dividends to take out of bars; its path starts where the program runs.
    pub adjust: Option<AdjustConfig>,
    /// How to read the original; without it as the folder's `metadata.json` says.
    pub reading: Option<(Content, RowConfig)>,
}

/// Whose rows the originals are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportMarkets {
    /// All of one market, each file beginning where the one before ends.
    #[default]
    One,
    /// Each file of a market of its own, which its name tells. The dataset has a column `symbol`.
    EachFile,
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
    /// What was told of originals that are exports of other programs.
    pub detected: Vec<Detected>,
    /// Bars left out because another company had the ticker then.
    pub before_listing: usize,
}

/// Converts files to a dataset.
///
/// Where the folder already has a `metadata.json`, its words (source, licence, instrument, notes) are kept, the
/// original must have the digest it states, and counts and digests are brought up to date. Otherwise a skeleton is
/// written whose `not_known` lists what a person has to fill in.
///
/// The dataset changes in one step: an import that is refused, killed or short of disk leaves it as it was. No file
/// but that of the dataset before is replaced: where another one has its name, the data file is called
/// `bars-<digest>.parquet`.
///
/// # Errors
/// If the original cannot be read, changes while it is read, is not the one that the metadata describe or has rows
/// that cannot be used, or if the dataset cannot be written.
pub fn import(request: &ImportRequest) -> Result<ImportReport, DataError> {
    let files = request.sources.iter().map(|source| files_of_pattern(Path::new(""), source));
    let files = files.collect::<Result<Vec<_>, _>>()?.concat();
    let new_folders = NewFolders::make(&request.into)?;
    let exchange = Exchange::begin(&request.into)?;
    let known = if request.into.join("metadata.json").exists() { Some(Metadata::read(&request.into)?) } else { None };
    let (content, original) = match (&request.reading, &known) {
        (Some((content, original)), _) => (*content, original.clone()),
        (None, Some(metadata)) => (metadata.content, metadata.original.clone()),
        (None, None) => (Content::Bars, RowConfig::default()),
    };
    let was_each = known.as_ref().is_some_and(|metadata| metadata.symbol_column.is_some());
    let markets = if was_each { ImportMarkets::EachFile } else { request.markets };
    let request = &ImportRequest { markets, ..request.clone() };
    if let Some(vendor) = known.as_ref().and_then(|metadata| metadata.vendor.as_ref()) {
        return Err(DataError::Metadata {
            path: request.into.join("metadata.json"),
            message: format!(
                "describes a vendor's own files (`{}`); accepted: another folder to import into",
                vendor.key()
            ),
        });
    }
    let stated = known.as_ref().map(|metadata| metadata.source.sha256.as_str());
    let making = exchange.data_file();
    let originals: Vec<Bytes> = files.iter().cloned().map(Bytes::File).collect();
    let written = match content {
        Content::Trades if request.markets == ImportMarkets::One && request.adjust.is_none() => {
            write_trades(&originals, &original, &making, stated)
        }
        Content::Trades => Err(DataError::config("import", "trades of many markets, or adjusted trades", "bars")),
        Content::Bars => write_bars(&originals, &original, request, &making, stated),
    };
    let written = written.map_err(|error| explained(error, &originals, stated))?;
    // A detected format is kept by its name, so that the same import reads the same way.
    let named = written.detected.first().map(|detected| TableFormat::Export(detected.format));
    let original = RowConfig { format: named.or(original.format), ..original };
    let original_sha256 = written.original_sha256;
    let name = folder_name(&request.into);
    let skeleton = || skeleton(&name, &files, content, &original);
    let metadata = |file: String, sha256: String| Metadata {
        file,
        content,
        rows: written.rows,
        sha256,
        symbol_column: (request.markets == ImportMarkets::EachFile).then(|| SYMBOL.to_owned()),
        source: Source {
            sha256: original_sha256.clone(),
            ..known.as_ref().map_or_else(|| skeleton().source, |m| m.source.clone())
        },
        columns: known.as_ref().map_or_else(|| written.columns.clone(), |m| m.columns.clone()),
        reading: RowConfig {
            format: Some(TableFormat::Plain(FileFormat::Parquet)),
            columns: Columns::default(),
            time: TimeConfig {
                unit: Some(TimeUnit::Ns),
                bar_length: written.bar_length.or(original.time.bar_length),
                ..TimeConfig::default()
            },
            price: original.price,
            ..RowConfig::default()
        },
        original: original.clone(),
        notes: known.as_ref().map_or_else(|| notes_of(&written.detected), |metadata| metadata.notes.clone()),
        ..known.clone().unwrap_or_else(skeleton)
    };
    let metadata = exchange.finish(content, known.as_ref(), metadata)?;
    new_folders.keep();
    let data_file = request.into.join(&metadata.file);
    let Written { skipped, detected, before_listing, .. } = written;
    Ok(ImportReport { metadata, skipped, data_file, detected, before_listing })
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "dataset".into(), |name| name.to_string_lossy().into_owned())
}

fn notes_of(detected: &[Detected]) -> Vec<String> {
    let facts = detected.iter().flat_map(|detected| &detected.facts);
    let mut notes: Vec<String> = facts.map(|fact| format!("when it was read: {fact}")).collect();
    notes.sort_unstable();
    notes.dedup();
    notes
}

fn skeleton(name: &str, sources: &[PathBuf], content: Content, original: &RowConfig) -> Metadata {
    let names = sources.iter().filter_map(|source| source.file_name()).map(|file| file.to_string_lossy().into_owned());
    let file = names.collect::<Vec<_>>().join(" ");
    Metadata {
        symbol_column: None,
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
