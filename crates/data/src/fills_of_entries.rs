//! Fills that belong to an entry: the exits that were made, and adds.

use std::collections::BTreeMap;
use std::path::Path;

use scaleout_market::{Side, Timestamp};

use crate::entries::side_of;
use crate::error::{DataError, listed};
use crate::table::{Bytes, TextTable};
use crate::time::{TimeConfig, TimeReader};

/// One row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FillRow {
    pub(crate) row: u64,
    /// The side, where there is such a column and it is not empty.
    pub(crate) side: Option<Side>,
    pub(crate) ts: Timestamp,
    pub(crate) price: f64,
    pub(crate) qty: f64,
}

/// Whether a column `side` means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SideColumn {
    /// It is read where it is present.
    Read,
    /// It is nobody's word.
    Ignored,
}

/// The rows of a CSV with `id, ts, price, qty` and perhaps `side`, by the id of their entry and in order of time.
pub(crate) fn read_fills(
    path: &Path,
    time: &TimeConfig,
    columns: &str,
    side: SideColumn,
) -> Result<BTreeMap<String, Vec<FillRow>>, DataError> {
    let time = TimeReader::new(time, path)?;
    let mut table = TextTable::open(&Bytes::File(path.to_path_buf()))?;
    let header = table.header().to_vec();
    let position = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
    let find = |name: &str| {
        position(name).ok_or_else(|| DataError::MissingColumn {
            path: path.to_path_buf(),
            column: name.to_owned(),
            accepted: columns.to_owned(),
            found: listed(&header),
        })
    };
    let [id, ts, price, qty] = [find("id")?, find("ts")?, find("price")?, find("qty")?];
    let side = position("side").filter(|_| side == SideColumn::Read);
    let mut fills: BTreeMap<String, Vec<FillRow>> = BTreeMap::new();
    while let Some(row) = table.next_row() {
        let row = row?;
        let text = |place: usize| {
            String::from_utf8_lossy(table.record().get(place).unwrap_or_default().trim_ascii()).into_owned()
        };
        let bad = |column: &str, value: String, problem: &'static str, accepted: &str| DataError::BadValue {
            path: path.to_path_buf(),
            row,
            column: column.to_owned(),
            value,
            problem,
            accepted: accepted.to_owned(),
        };
        let number = |column: &str, place: usize, is_accepted: fn(f64) -> bool, accepted: &str| {
            let cell = text(place);
            let value = cell.parse::<f64>().ok().filter(|value| value.is_finite() && is_accepted(*value));
            value.ok_or_else(|| bad(column, cell, "not usable", accepted))
        };
        let name = text(id);
        if name.is_empty() {
            return Err(bad("id", name, "missing", "the id of an entry"));
        }
        let stamp = text(ts);
        let at: Timestamp =
            time.text(&stamp).map_err(|no_time| bad("ts", stamp, no_time.problem, no_time.accepted))?.known_at();
        let side = match side.map(text).filter(|side| !side.is_empty()) {
            None => None,
            Some(side) => match side_of(&side) {
                None => return Err(bad("side", side, "not a side", "long, short, buy or sell")),
                side => side,
            },
        };
        let price = number("price", price, |_| true, "a finite number")?;
        let qty = number("qty", qty, |qty| 0.0 < qty, "a number above 0")?;
        fills.entry(name).or_default().push(FillRow { row, side, ts: at, price, qty });
    }
    for fills in fills.values_mut() {
        fills.sort_by_key(|fill| fill.ts);
    }
    Ok(fills)
}
