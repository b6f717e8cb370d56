//! Finer bars of the same instrument, which tell what came first inside a bar.

use std::path::{Path, PathBuf};

use scaleout_market::MarketHistory;
use serde::{Deserialize, Serialize};

use crate::bad_rows::OnBadRows;
use crate::bars::read_bars;
use crate::columns::Columns;
use crate::error::DataError;
use crate::formats::TableFormat;
use crate::load_report::LoadReport;
use crate::rows::RowConfig;
use crate::table::Bytes;
use crate::ticks::ends_at;
use crate::time::TimeConfig;

/// Finer bars of the same instrument (minutes under hours), which tell what came first inside a bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinerConfig {
    /// The file.
    pub path: PathBuf,
    /// How it is stored; without it the ending of its name tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<TableFormat>,
    /// The file's own names for the columns.
    #[serde(default)]
    pub columns: Columns,
    /// How its times are written.
    #[serde(default)]
    pub time: TimeConfig,
}

/// Lays finer bars between the bars of a history; those after the last bar are left out. Returns the file's digest.
pub(crate) fn read_finer(
    config: &FinerConfig,
    base_dir: &Path,
    price: scaleout_market::PriceDomain,
    on_bad_rows: OnBadRows,
    history: &mut MarketHistory,
    report: &mut LoadReport,
) -> Result<String, DataError> {
    let columns = Columns { further: Some(Vec::new()), ..config.columns.clone() };
    let rows = RowConfig {
        format: config.format,
        columns,
        time: config.time.clone(),
        price,
        on_bad_rows,
        ..RowConfig::default()
    };
    let file = read_bars(&Bytes::File(base_dir.join(&config.path)), &rows)?;
    report.skipped.merge(&file.skipped);
    report.detected.extend(file.detected);
    history.finer = file.series.bars().to_vec();
    history.finer_ends = ends_at(history.series.bars(), &history.finer, |bar| bar.ts);
    history.finer.truncate(history.finer_ends.last().copied().unwrap_or_default());
    report.finer_bars = history.finer.len();
    Ok(file.sha256)
}
