//! The user's own entries.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use scaleout_market::{Entry, Side};

use crate::error::{DataError, listed};
use crate::table::{Bytes, Record, TextTable};
use crate::time::{TimeConfig, TimeReader};

const COLUMNS: &str = "id, ts, side, price, qty, and stop or risk; optional: symbol, tags";

/// Reads the user's own entries from a CSV: `id, ts, side, price, stop or risk, qty`, optional `symbol` and `tags`
/// (separated by `;` or `|`).
///
/// Without a `risk` the distance to the stop is 1 R. `symbols` are the markets of the experiment; if it has one, an entry
/// without a `symbol` belongs to it. Entries may stand in any order; ids are unique.
///
/// # Errors
/// If the file cannot be read or lacks a column, and on the first row that is no entry or one of another market.
pub fn read_entries_csv(path: &Path, time: &TimeConfig, symbols: &[&str]) -> Result<Vec<Entry>, DataError> {
    let time = TimeReader::new(time, path)?;
    let mut table = TextTable::open(&Bytes::File(path.to_path_buf()))?;
    let columns = EntryColumns::find(path, table.header())?;
    if columns.symbol.is_none() && symbols.len() != 1 {
        return Err(DataError::MissingColumn {
            path: path.to_path_buf(),
            column: "symbol".to_string(),
            accepted: format!("symbol, since the experiment has {} markets", symbols.len()),
            found: listed(table.header()),
        });
    }
    let known: HashSet<&str> = symbols.iter().copied().collect();
    let markets = Markets { symbols, known: &known };
    let mut entries = Vec::new();
    let mut ids = HashSet::new();
    while let Some(row) = table.next_row() {
        let row = row?;
        let row = Row { path, record: table.record(), row };
        let entry = row.entry(&columns, &time, &markets)?;
        if !ids.insert(entry.id.clone()) {
            return Err(row.bad("id", &entry.id, "not unique", "an id that no row before it has"));
        }
        entries.push(entry);
    }
    if entries.is_empty() {
        return Err(DataError::Empty { path: path.to_path_buf(), what: "entries" });
    }
    Ok(entries)
}

/// The row of the entry `id` in the file that [`read_entries_csv`] read; `None` where it has none of that name.
///
/// # Errors
/// If the file cannot be read.
pub fn entry_row(path: &Path, id: &str) -> Result<Option<u64>, DataError> {
    let mut table = TextTable::open(&Bytes::File(path.to_path_buf()))?;
    let columns = EntryColumns::find(path, table.header())?;
    while let Some(row) = table.next_row() {
        let row = row?;
        if table.record().get(columns.id).is_some_and(|found| found.trim_ascii() == id.as_bytes()) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

struct EntryColumns {
    id: usize,
    ts: usize,
    side: usize,
    price: usize,
    qty: usize,
    stop: Option<usize>,
    risk: Option<usize>,
    symbol: Option<usize>,
    tags: Option<usize>,
}

impl EntryColumns {
    fn find(path: &Path, header: &[String]) -> Result<Self, DataError> {
        let find = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
        let missing = |column: &str| DataError::MissingColumn {
            path: path.to_path_buf(),
            column: column.to_string(),
            accepted: COLUMNS.to_string(),
            found: listed(header),
        };
        let required = |name: &str| find(name).ok_or_else(|| missing(name));
        let columns = Self {
            id: required("id")?,
            ts: required("ts")?,
            side: required("side")?,
            price: required("price")?,
            qty: required("qty")?,
            stop: find("stop"),
            risk: find("risk"),
            symbol: find("symbol"),
            tags: find("tags"),
        };
        if columns.stop.is_none() && columns.risk.is_none() {
            return Err(missing("stop or risk"));
        }
        Ok(columns)
    }
}

/// The markets that entries may be of.
struct Markets<'a> {
    symbols: &'a [&'a str],
    known: &'a HashSet<&'a str>,
}

impl Markets<'_> {
    /// Their symbols for a message, the first twenty of many.
    fn listed(&self) -> String {
        let shown = self.symbols.iter().take(20).copied().collect::<Vec<_>>().join(", ");
        match self.symbols.len().saturating_sub(20) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}

/// The side that a text names.
pub(crate) fn side_of(text: &str) -> Option<Side> {
    match text.to_ascii_lowercase().as_str() {
        "long" | "buy" => Some(Side::Long),
        "short" | "sell" => Some(Side::Short),
        _ => None,
    }
}

/// One line of the file.
struct Row<'a> {
    path: &'a Path,
    record: &'a Record,
    row: u64,
}

impl Row<'_> {
    fn entry(&self, columns: &EntryColumns, time: &TimeReader, markets: &Markets<'_>) -> Result<Entry, DataError> {
        let id = self.text(columns.id);
        if id.is_empty() {
            return Err(self.bad("id", &id, "missing", "a unique name"));
        }
        let ts_text = self.text(columns.ts);
        let ts = time.text(&ts_text).map_err(|no_time| self.bad("ts", &ts_text, no_time.problem, no_time.accepted))?;
        let side_text = self.text(columns.side);
        let Some(side) = side_of(&side_text) else {
            return Err(self.bad("side", &side_text, "not a side", "long, short, buy or sell"));
        };
        let price = self.required(columns.price, "price")?;
        let stop = self.optional(columns.stop, "stop")?;
        let risk = match (self.optional(columns.risk, "risk")?, stop) {
            (Some(risk), _) => risk,
            (None, Some(stop)) => (price - stop).abs(),
            (None, None) => return Err(self.bad("stop", "", "missing, as is risk", "a number in stop or risk")),
        };
        let qty = self.required(columns.qty, "qty")?;
        let symbol = columns.symbol.map(|position| self.text(position)).filter(|symbol| !symbol.is_empty());
        let symbol = match (symbol, markets.symbols) {
            (Some(symbol), _) if markets.known.contains(symbol.as_ref()) => symbol.into_owned(),
            (Some(symbol), _) => {
                return Err(self.bad("symbol", &symbol, "not a market of this experiment", &markets.listed()));
            }
            (None, [only]) => (*only).to_owned(),
            (None, _) => return Err(self.bad("symbol", "", "missing", &markets.listed())),
        };
        let tags = columns.tags.map(|position| self.text(position)).unwrap_or_default();
        let tags = tags.split([';', '|']).map(str::trim).filter(|tag| !tag.is_empty()).map(String::from).collect();
        let ts = ts.known_at();
        let entry = Entry { id: id.to_string(), symbol, ts, side, price, risk, stop, qty, tags, adds: Vec::new() };
        entry.checked().map_err(|source| DataError::BadEntry { path: self.path.to_path_buf(), row: self.row, source })
    }

    fn text(&self, position: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.record.get(position).unwrap_or_default().trim_ascii())
    }

    fn required(&self, position: usize, column: &str) -> Result<f64, DataError> {
        self.optional(Some(position), column)?.ok_or_else(|| self.bad(column, "", "missing", "a number"))
    }

    fn optional(&self, position: Option<usize>, column: &str) -> Result<Option<f64>, DataError> {
        let text = position.map(|position| self.text(position)).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            Ok(_) => Err(self.bad(column, &text, "not finite", "a finite number")),
            Err(_) => Err(self.bad(column, &text, "not a number", "a number")),
        }
    }

    fn bad(&self, column: &str, value: &str, problem: &'static str, accepted: &str) -> DataError {
        DataError::BadValue {
            path: self.path.to_path_buf(),
            row: self.row,
            column: column.to_string(),
            value: value.to_owned(),
            problem,
            accepted: accepted.to_string(),
        }
    }
}
