//! The exits that were really made of the user's entries.

use std::collections::BTreeMap;
use std::path::Path;

use scaleout_market::MadeExit;

use crate::error::DataError;
use crate::fills_of_entries::{FillRow, SideColumn, read_fills};
use crate::time::TimeConfig;

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
    let exit = |FillRow { row, ts, price, qty, .. }: FillRow| (row, MadeExit { ts, price, qty });
    let fills = read_fills(path, time, COLUMNS, SideColumn::Ignored)?;
    Ok(fills.into_iter().map(|(id, fills)| (id, fills.into_iter().map(exit).collect())).collect())
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
