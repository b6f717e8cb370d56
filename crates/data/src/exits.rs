//! The exits that were really made of the user's entries.

use std::collections::BTreeMap;
use std::path::Path;

use scaleout_market::{MadeExit, Timestamp};

use crate::error::{DataError, listed};
use crate::table::{Bytes, TextTable};
use crate::time::{TimeConfig, TimeReader};

const COLUMNS: &str = "id, ts, price, qty";

/// The exits of each entry by its id, in order of time, with the row of each.
pub type MadeExits = BTreeMap<String, Vec<(u64, MadeExit)>>;

/// Reads the exits that were made from a CSV: `id, ts, price, qty`, where `id` is that of the entry.
///
/// Rows may stand in any order; those of one time keep theirs.
///
/// # Errors
/// If the file cannot be read or lacks a column, and on the first row that is no exit.
pub fn read_exits_csv(path: &Path, time: &TimeConfig) -> Result<MadeExits, DataError> {
    let time = TimeReader::new(time, path)?;
    let mut table = TextTable::open(&Bytes::File(path.to_path_buf()))?;
    let header = table.header().to_vec();
    let find = |name: &str| {
        header.iter().position(|column| column.eq_ignore_ascii_case(name)).ok_or_else(|| DataError::MissingColumn {
            path: path.to_path_buf(),
            column: name.to_owned(),
            accepted: COLUMNS.to_owned(),
            found: listed(&header),
        })
    };
    let [id, ts, price, qty] = [find("id")?, find("ts")?, find("price")?, find("qty")?];
    let mut exits = MadeExits::new();
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
        let exit = MadeExit {
            ts: at,
            price: number("price", price, |_| true, "a finite number")?,
            qty: number("qty", qty, |qty| 0.0 < qty, "a number above 0")?,
        };
        exits.entry(name).or_default().push((row, exit));
    }
    for exits in exits.values_mut() {
        exits.sort_by_key(|(_, exit)| exit.ts);
    }
    Ok(exits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn check(text: &str, expected: &str) {
        let scratch = Scratch::new();
        let path = scratch.file("exits.csv", text);
        let found = match read_exits_csv(&path, &TimeConfig::default()) {
            Err(error) => error.to_string().replace(&format!("{}/", scratch.path().display()), ""),
            Ok(exits) => {
                let one = |(row, exit): &(u64, MadeExit)| format!("{row}: {} @ {} {}", exit.qty, exit.price, exit.ts);
                let of = |(id, exits): (&String, &Vec<(u64, MadeExit)>)| {
                    format!("{id} {}", exits.iter().map(one).collect::<Vec<_>>().join(", "))
                };
                exits.iter().map(of).collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn exits_stand_under_their_entries_in_order_of_time() {
        check(
            "id,ts,price,qty\nb,1704067260,11,1\na,1704067320,12,2\nb,1704067200,10,3\n",
            "a 3: 2 @ 12 2024-01-01T00:02:00Z; b 4: 3 @ 10 2024-01-01T00:00:00Z, 2: 1 @ 11 2024-01-01T00:01:00Z",
        );
        check(
            "id,ts,price\na,1704067200,10\n",
            "exits.csv: no column `qty` (accepted names: id, ts, price, qty); columns found: id, ts, price",
        );
        check(
            "id,ts,price,qty\na,1704067200,10,-1\n",
            "exits.csv: row 2, column `qty`: `-1` is not usable; accepted: a number above 0",
        );
        check(
            "id,ts,price,qty\n,1704067200,10,1\n",
            "exits.csv: row 2, column `id`: `` is missing; accepted: the id of an entry",
        );
    }
}
