//! Which format a file is of.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::facts::times;
use super::registry::Rows;
use super::shape::{Fact, FileSample, TableShape};
use super::table_format::TableFormat;
use crate::content::Content;
use crate::error::{DataError, shown, shown_path};
use crate::format::FileFormat;
use crate::input::files_of_pattern;
use crate::table::Bytes;
use crate::time::{BarTime, TimeConfig};

/// What was told of a file by its first rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detected {
    /// The file.
    pub path: PathBuf,
    /// The name of its format.
    pub format: &'static str,
    /// What follows from it, and how each is known.
    pub facts: Vec<Fact>,
}

/// `FILE: binance-klines; unit = ms (…); bar time = open (…)`
impl fmt::Display for Detected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", shown_path(&self.path), self.format)?;
        self.facts.iter().try_for_each(|fact| write!(f, "; {fact}"))
    }
}

/// How a file of `rows` is to be read if it is an export; `None` if it is a plain table. What `declared` says goes
/// before what was told.
pub(crate) fn detect(
    bytes: &Bytes,
    format: TableFormat,
    declared: &TimeConfig,
    rows: Rows,
) -> Result<Option<Found>, DataError> {
    let wanted = match format {
        TableFormat::Plain(_) => return Ok(None),
        TableFormat::Auto if is_binary(bytes.path()) => return Ok(None),
        TableFormat::Auto => None,
        TableFormat::Export(name) if rows.formats().iter().any(|format| format.name() == name) => Some(name),
        TableFormat::Export(name) => {
            let names: Vec<&str> = rows.formats().iter().map(|format| format.name()).collect();
            let problem = format!("`{name}`, though {} are read from {}", rows.word(), shown_path(bytes.path()));
            return Err(DataError::config(
                "format",
                problem,
                format!("auto, csv, parquet, arrow, {}", names.join(", ")),
            ));
        }
    };
    let sample = FileSample::of(bytes)?;
    let Some((name, mut shape)) = recognised(&sample, wanted, rows) else {
        return match wanted {
            None => Ok(None),
            Some(wanted) => {
                let first = sample.rows.first().map(|row| row.join(",")).unwrap_or_default();
                Err(DataError::NotReadable {
                    path: bytes.path().to_path_buf(),
                    expected: wanted,
                    message: format!("its first rows are of another format: `{}`", shown(&first)),
                })
            }
        };
    };
    declare(&mut shape.time, &mut shape.facts, declared);
    let order = Order::of(&sample, &shape);
    if order == Order::NewestFirst {
        shape.facts.push(Fact::new("order", "newest row first", "told by the first rows"));
    }
    let detected = Detected { path: bytes.path().to_path_buf(), format: name, facts: shape.facts.clone() };
    Ok(Some(Found { shape, order, detected }))
}

/// An export, and how it is to be read.
pub(crate) struct Found {
    pub(crate) shape: TableShape,
    pub(crate) order: Order,
    pub(crate) detected: Detected,
}

/// Which row of a file is the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    #[default]
    OldestFirst,
    NewestFirst,
}

impl Order {
    /// As the first rows tell.
    fn of(sample: &FileSample, shape: &TableShape) -> Self {
        let column = shape.names.iter().position(|name| name == "ts");
        let times = column.and_then(|column| times(sample, column, shape.clock, &shape.time)).unwrap_or_default();
        let goes_back = 1 < times.len() && times.windows(2).all(|pair| pair[1] < pair[0]);
        if goes_back { Self::NewestFirst } else { Self::OldestFirst }
    }
}

/// What the rows of a file, or of the first file of a folder or pattern, are, if it is an export of bars or trades.
///
/// # Errors
/// If the file cannot be read.
pub fn content_of(path: &Path) -> Result<Option<Content>, DataError> {
    let files = files_of_pattern(Path::new(""), path)?;
    let Some(first) = files.into_iter().next().filter(|first| !is_binary(first)) else { return Ok(None) };
    let sample = FileSample::of(&Bytes::File(first))?;
    Ok([Content::Bars, Content::Trades]
        .into_iter()
        .find(|content| recognised(&sample, None, (*content).into()).is_some()))
}

fn is_binary(path: &Path) -> bool {
    FileFormat::of(path).is_ok_and(|format| format != FileFormat::Csv)
}

/// The first format of these rows, or the wanted one, that the sample is of.
fn recognised(sample: &FileSample, wanted: Option<&str>, rows: Rows) -> Option<(&'static str, TableShape)> {
    let formats = rows.formats().iter().filter(|format| wanted.is_none_or(|wanted| format.name() == wanted));
    formats.filter_map(|format| Some((format.name(), format.recognise(sample)?))).next()
}

/// Puts what the user declared in place of what was told.
pub(crate) fn declare(time: &mut TimeConfig, facts: &mut Vec<Fact>, declared: &TimeConfig) {
    let mut say = |what: &'static str, value: String| {
        facts.retain(|fact| fact.what != what);
        facts.push(Fact::new(what, value, "declared"));
    };
    if let Some(unit) = declared.unit {
        say("unit", unit.word().to_owned());
        time.unit = Some(unit);
    }
    if let Some(zone) = &declared.zone {
        say("zone", zone.clone());
        time.zone = Some(zone.clone());
    }
    if let Some(length) = declared.bar_length {
        say("bar length", length.to_string());
        time.bar_length = Some(length);
    }
    if let Some(bar_time) = declared.stamped {
        say("bar time", if bar_time == BarTime::Open { "open" } else { "close" }.to_owned());
        time.bar_time = bar_time;
    }
}
