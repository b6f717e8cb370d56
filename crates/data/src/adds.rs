//! The later entries into the positions of the user's entries.

use std::collections::BTreeMap;
use std::path::Path;

use scaleout_market::{Add, Side};

use crate::error::DataError;
use crate::fills_of_entries::{FillRow, SideColumn, read_fills};
use crate::time::TimeConfig;

const COLUMNS: &str = "id, ts, price, qty; optional: side";

/// An add with its place in the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AddRow {
    /// Its row.
    pub row: u64,
    /// The direction that the row names, which must be that of the entry.
    pub side: Option<Side>,
    /// The add.
    pub add: Add,
}

/// The adds of each entry by its id, in order of time.
pub type AddRows = BTreeMap<String, Vec<AddRow>>;

/// Reads later entries from a CSV: `id, ts, price, qty` and optional `side`, where `id` is that of the entry whose
/// position they add to.
///
/// Rows may stand in any order; those of one time keep theirs.
///
/// # Errors
/// If the file cannot be read or lacks a column, and on the first row that is no add.
pub fn read_adds_csv(path: &Path, time: &TimeConfig) -> Result<AddRows, DataError> {
    let add = |FillRow { row, side, ts, price, qty }: FillRow| AddRow { row, side, add: Add { ts, price, qty } };
    let fills = read_fills(path, time, COLUMNS, SideColumn::Read)?;
    Ok(fills.into_iter().map(|(id, fills)| (id, fills.into_iter().map(add).collect())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn check(text: &str, expected: &str) {
        let scratch = Scratch::new();
        let path = scratch.file("adds.csv", text);
        let found = match read_adds_csv(&path, &TimeConfig::default()) {
            Err(error) => error.to_string().replace(&format!("{}/", scratch.path().display()), ""),
            Ok(adds) => {
                let one = |AddRow { row, side, add }: &AddRow| {
                    let side = side.map_or(String::new(), |side| format!(" {side:?}"));
                    format!("{row}: {} @ {}{side}", add.qty, add.price)
                };
                let of = |(id, adds): (&String, &Vec<AddRow>)| {
                    format!("{id} {}", adds.iter().map(one).collect::<Vec<_>>().join(", "))
                };
                adds.iter().map(of).collect::<Vec<_>>().join("; ")
            }
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn adds_stand_under_their_entries_in_order_of_time() {
        check(
            "id,ts,price,qty,side\nb,1704067260,11,1,\na,1704067320,12,2,buy\nb,1704067200,10,3,short\n",
            "a 3: 2 @ 12 Long; b 4: 3 @ 10 Short, 2: 1 @ 11",
        );
        check(
            "id,ts,price\na,1704067200,10\n",
            "adds.csv: no column `qty` (accepted names: id, ts, price, qty; optional: side); columns found: id, ts, price",
        );
        check(
            "id,ts,price,qty\na,1704067200,10,0\n",
            "adds.csv: row 2, column `qty`: `0` is not usable; accepted: a number above 0",
        );
        check(
            "id,ts,price,qty,side\na,1704067200,10,1,up\n",
            "adds.csv: row 2, column `side`: `up` is not a side; accepted: long, short, buy or sell",
        );
        check(
            "id,ts,price,qty\n,1704067200,10,1\n",
            "adds.csv: row 2, column `id`: `` is missing; accepted: the id of an entry",
        );
    }
}
