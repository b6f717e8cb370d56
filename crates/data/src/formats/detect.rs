//! Which format a file of bars is of.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::registry::FORMATS;
use super::shape::{Fact, Sample, Shape};
use super::table_format::TableFormat;
use crate::error::{DataError, shown, shown_path};
use crate::format::FileFormat;
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

/// How a file of bars is to be read if it is an export; `None` if it is a plain table. What `declared` says goes
/// before what was told.
pub(crate) fn detect(
    bytes: &Bytes,
    format: TableFormat,
    declared: &TimeConfig,
) -> Result<Option<(Shape, Detected)>, DataError> {
    let wanted = match format {
        TableFormat::Plain(_) => return Ok(None),
        TableFormat::Auto if FileFormat::of(bytes.path()).is_ok_and(|format| format == FileFormat::Parquet) => {
            return Ok(None);
        }
        TableFormat::Auto => None,
        TableFormat::Export(name) => Some(name),
    };
    let sample = Sample::of(bytes)?;
    let formats = FORMATS.iter().filter(|format| wanted.is_none_or(|wanted| format.name() == wanted));
    let found = formats.filter_map(|format| Some((format.name(), format.recognise(&sample)?))).next();
    let Some((name, mut shape)) = found else {
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
    declare(&mut shape, declared);
    let detected = Detected { path: bytes.path().to_path_buf(), format: name, facts: shape.facts.clone() };
    Ok(Some((shape, detected)))
}

/// Puts what the user declared in place of what was told.
fn declare(shape: &mut Shape, declared: &TimeConfig) {
    let mut say = |what: &'static str, value: String| {
        shape.facts.retain(|fact| fact.what != what);
        shape.facts.push(Fact::new(what, value, "declared"));
    };
    if let Some(unit) = declared.unit {
        say("unit", unit.word().to_owned());
        shape.time.unit = Some(unit);
    }
    if let Some(zone) = &declared.zone {
        say("zone", zone.clone());
        shape.time.zone = Some(zone.clone());
    }
    if let Some(length) = declared.bar_length {
        say("bar length", length.to_string());
        shape.time.bar_length = Some(length);
    }
    if let Some(bar_time) = declared.stamped {
        say("bar time", if bar_time == BarTime::Open { "open" } else { "close" }.to_owned());
        shape.time.bar_time = bar_time;
    }
}
