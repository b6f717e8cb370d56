//! Other series beside the bars: news, another market, a volatility index.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use scaleout_market::{Bar, Column, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bad_rows::{OnBadRows, SkippedRows};
use crate::bars::ends;
use crate::columns::{Columns, of_joined};
use crate::error::DataError;
use crate::format::FileFormat;
use crate::formats::TableFormat;
use crate::length::Length;
use crate::rows::{RowChecks, RowConfig, Ties};
use crate::table::{Bytes, OpenTable};
use crate::time::TimeConfig;

/// Another series, joined to the bars: at each close its latest row that was known by then.
///
/// Beside each joined column, say `sentiment`, stands `sentiment.published`: when the value that counts was published,
/// in seconds since 1970 UTC. `news_decay:sentiment` reads both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinConfig {
    /// Its file.
    pub path: PathBuf,
    /// How the file is stored; without it the ending of its name tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<FileFormat>,
    /// The column with the time of publication; without it one of the usual names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    /// The columns to join; without it all that hold numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Put before the name of every joined column.
    #[serde(default)]
    pub prefix: String,
    /// How its times are written; `bar_time = "open"` with `bar_length` for series named by the start of their bars.
    #[serde(default)]
    pub time: TimeConfig,
    /// A value older than this is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<Length>,
    /// What happens to a row that cannot be used.
    #[serde(default)]
    pub on_bad_rows: OnBadRows,
}

/// The columns of a joined series, one value a bar, and the rows left out.
pub(crate) struct Joined {
    pub(crate) columns: Vec<Column>,
    pub(crate) skipped: SkippedRows,
    /// Columns that hold no numbers and were left out.
    pub(crate) ignored: Vec<String>,
    /// Digest of the file.
    pub(crate) sha256: String,
}

pub(crate) fn rows_of(config: &JoinConfig) -> RowConfig {
    RowConfig {
        format: config.format.map(TableFormat::from),
        columns: Columns::default(),
        time: config.time.clone(),
        on_bad_rows: config.on_bad_rows,
        ..RowConfig::default()
    }
}

pub(crate) fn open(path: &Path, config: &JoinConfig, rows: &RowConfig) -> Result<OpenTable, DataError> {
    rows.open(&Bytes::File(path.to_path_buf()), &of_joined(config.ts.as_ref(), config.columns.as_ref()))
}

/// Joins a series to bars: each bar gets the latest row known at its close, never a later one, and none that is
/// older than `max_age`. Of rows of one moment the last counts. Beside each column stands one with the time at which
/// its value was published ([`Column::published`]).
pub(crate) fn join(bars: &[Bar], path: &Path, config: &JoinConfig) -> Result<Joined, DataError> {
    let rows = rows_of(config);
    let mut table = open(path, config, &rows)?;
    let mut checks = RowChecks::new(path.to_path_buf(), table.resolved(), Ties::Allowed, config.on_bad_rows);
    let names: Vec<String> = table.resolved().further.iter().map(|(_, name)| name.clone()).collect();
    let mut values: Vec<Vec<Option<f64>>> = vec![Vec::with_capacity(bars.len()); names.len()];
    let mut latest: Vec<Option<f64>> = vec![None; names.len()];
    let mut times: Vec<Vec<Option<f64>>> = values.clone();
    let mut known_at: Option<Timestamp> = None;
    let mut close_of = |ts: Option<Timestamp>, latest: &[Option<f64>], known_at: Option<Timestamp>| {
        let mut bar = values.first().map_or(bars.len(), Vec::len);
        while bar < bars.len() && ts.is_none_or(|ts| bars[bar].ts < ts) {
            let fresh = known_at.is_some_and(|known_at| {
                config.max_age.is_none_or(|age| bars[bar].ts.nanos() - known_at.nanos() <= age.nanos())
            });
            let seconds = known_at.map(|ts| ts.nanos() as f64 / 1e9);
            for ((column, times), value) in values.iter_mut().zip(&mut times).zip(latest) {
                let value = value.filter(|_| fresh);
                column.push(value);
                times.push(seconds.filter(|_| value.is_some()));
            }
            bar += 1;
        }
    };
    for batch in table.by_ref() {
        checks.each(&mut batch?, |checks, batch, i| {
            let (_, ts) = ends(batch.stamps[i], &rows.time)?;
            let values = checks.further(batch, i)?;
            checks.in_order(batch.rows[i], ts)?;
            close_of(Some(ts), &latest, known_at);
            latest = values;
            known_at = Some(ts);
            Ok(())
        })?;
    }
    close_of(None, &latest, known_at);
    let ignored = table.ignored();
    let left_out: HashSet<&String> = ignored.iter().collect();
    let columns = names.iter().zip(values.into_iter().zip(times)).filter(|(name, _)| !left_out.contains(name));
    let columns = columns.flat_map(|(name, (values, times))| {
        let name = format!("{}{name}", config.prefix);
        let published = Column::published(&name);
        [Column { name, values }, Column { name: published, values: times }]
    });
    let (columns, sha256) = (columns.collect(), table.sha256());
    Ok(Joined { columns, skipped: checks.bad_rows.skipped().clone(), ignored, sha256 })
}
