//! `entries.csv`, `exits.csv` and `adds.csv`.

use std::fs;
use std::path::Path;

use scaleout_market::{Add, Entry, Side};

use super::positions::Closed;
use crate::error::DataError;
use crate::writer::write_atomically;

pub(super) const ENTRIES: &str = "entries.csv";
pub(super) const EXITS: &str = "exits.csv";
pub(super) const ADDS: &str = "adds.csv";

/// Writes `entries` and the exits and adds of `closed`, which are the same trades, into `folder`: exits and adds first, so
/// that entries never stand without them. Without adds there is no file of them.
pub(super) fn write(folder: &Path, entries: &[Entry], closed: &[Closed]) -> Result<(), DataError> {
    fs::create_dir_all(folder).map_err(|error| DataError::io(folder, &error))?;
    let exits = entries.iter().zip(closed).flat_map(|(entry, closed)| {
        closed
            .exits
            .iter()
            .map(|exit| vec![entry.id.clone(), exit.ts.to_string(), exit.price.to_string(), exit.qty.to_string()])
    });
    write_csv(&folder.join(EXITS), &["id", "ts", "price", "qty"], exits)?;
    let adds = |(entry, closed): (&Entry, &Closed)| -> Vec<Vec<String>> {
        let row = |add: &Add| vec![entry.id.clone(), add.ts.to_string(), add.price.to_string(), add.qty.to_string()];
        closed.adds.iter().map(row).collect()
    };
    let mut adds = entries.iter().zip(closed).flat_map(adds).peekable();
    if adds.peek().is_some() {
        write_csv(&folder.join(ADDS), &["id", "ts", "price", "qty"], adds)?;
    }
    let row = |entry: &Entry| {
        let side = match entry.side {
            Side::Long => "long",
            Side::Short => "short",
        };
        let stop = entry.stop.map_or_else(String::new, |stop| stop.to_string());
        let [price, risk, qty] = [entry.price, entry.risk, entry.qty].map(|number| number.to_string());
        // The reader of entries separates tags by these.
        let tag = entry.tags.join(" ").replace([';', '|'], " ");
        vec![entry.id.clone(), entry.ts.to_string(), side.to_owned(), price, stop, risk, qty, entry.symbol.clone(), tag]
    };
    let header = ["id", "ts", "side", "price", "stop", "risk", "qty", "symbol", "tags"];
    write_csv(&folder.join(ENTRIES), &header, entries.iter().map(row))
}

fn write_csv(path: &Path, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<(), DataError> {
    let io = |error: csv::Error| DataError::Io { path: path.to_path_buf(), message: error.to_string() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(io)?;
    for row in rows {
        writer.write_record(&row).map_err(io)?;
    }
    let bytes = writer.into_inner().map_err(|error| io(error.into_error().into()))?;
    write_atomically(path, &bytes)
}
