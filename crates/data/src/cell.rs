//! Where in the user's files a value stands that was found wanting after it was read.

use std::path::{Path, PathBuf};

use scaleout_market::Timestamp;

use crate::bars::{BarTable, ends, open_bars, open_bars_by_symbol};
use crate::config::DataConfig;
use crate::error::DataError;
use crate::join::{open, rows_of};
use crate::table::OpenTable;
use crate::time::TimeConfig;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The file.
    pub path: PathBuf,
    /// The row, as an editor shows it.
    pub row: u64,
    /// The column, as the file names it.
    pub column: String,
    /// The value as it was read; `None` where there is none.
    pub value: Option<f64>,
}

/// The cell that gave the bar that closes at `close` its value in `column`: of a joined series the latest row known
/// then. The files are read once more; `None` where none of them brought the column.
///
/// # Errors
/// If a file can no longer be read.
pub fn cell_of(
    config: &DataConfig,
    base_dir: &Path,
    column: &str,
    close: Timestamp,
) -> Result<Option<Cell>, DataError> {
    for join in &config.joins {
        let Some(name) = column.strip_prefix(&join.prefix) else { continue };
        let rows = rows_of(join);
        let table = open(&base_dir.join(&join.path), join, &rows)?;
        if let Some(cell) = last_until(table, &rows.time, name, close, None)? {
            return Ok(Some(cell));
        }
    }
    let Some(tables) = config.source.source().bar_tables(&config.request(base_dir))? else { return Ok(None) };
    for part in &tables.parts {
        let (opened, symbol) = match &config.rows_of {
            None => (open_bars(&part.bytes, &tables.rows)?, None),
            Some(rows) => (open_bars_by_symbol(&part.bytes, &tables.rows, &rows.column)?, Some(rows.symbol.as_str())),
        };
        let BarTable { table, time, .. } = opened;
        let found = last_until(table, &time, column, close, symbol)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The cell of column `name` in the last row that is known at `close`, among the rows of `symbol` if one is given.
fn last_until(
    mut table: OpenTable,
    time: &TimeConfig,
    name: &str,
    close: Timestamp,
    symbol: Option<&str>,
) -> Result<Option<Cell>, DataError> {
    let path = table.path().to_path_buf();
    let Some(place) = table.resolved().further.iter().position(|(_, column)| column == name) else { return Ok(None) };
    let mut last = None;
    for batch in table.by_ref() {
        let batch = batch?;
        for (i, &stamp) in batch.stamps.iter().enumerate() {
            let (_, ts) = ends(stamp, time)?;
            let is_wanted = symbol.is_none_or(|symbol| &*batch.symbols[i] == symbol);
            // Some files begin with their newest row.
            if is_wanted && ts <= close && last.is_none_or(|(before, _, _)| before <= ts) {
                last = Some((ts, batch.rows[i], batch.further[place][i]));
            }
        }
    }
    Ok(last.map(|(_, row, value)| Cell { path, row, column: name.to_owned(), value }))
}
