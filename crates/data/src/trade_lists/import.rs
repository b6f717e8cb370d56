//! From a list of trades to `entries.csv`, `exits.csv` and, with adds, `adds.csv`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::formats::{TradeListFormat, recognised};
use super::list_file::ListFile;
use super::one_r::{OneR, entries, repeated};
use super::positions::{Adds, Closed, Grouped, grouped};
use super::reader::ListReader;
use super::write::{ADDS, ENTRIES, EXITS, write};
use crate::error::{DataError, shown};
use crate::formats::Detected;

/// What is asked of [`import_trades`].
#[derive(Debug, Clone, PartialEq)]
pub struct TradeListRequest {
    /// The list.
    pub source: PathBuf,
    /// Its format.
    pub format: TradeListFormat,
    /// The folder for `entries.csv`, `exits.csv` and `adds.csv`.
    pub out: PathBuf,
    /// The market whose trades are taken, as the list calls it; needed where the list has several.
    pub symbol: Option<String>,
    /// What the entries call it instead.
    pub symbol_as: Option<String>,
    /// IANA name of the zone of times without an offset.
    pub zone: Option<String>,
    /// What 1 R is where the list does not say.
    pub one_r: OneR,
    /// A column with the price distance of 1 R.
    pub risk_column: Option<String>,
    /// What becomes of entries into an open position.
    pub adds: Adds,
    /// What quantities of the list are multiplied by, above 0: units in a broker's lot.
    pub qty_times: f64,
}

/// What [`import_trades`] did. Its text is what a user reads.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeListReport {
    /// What was found out about the list.
    pub detected: Detected,
    /// Trades written.
    pub trades: usize,
    /// Exits written.
    pub exits: usize,
    /// Positions left out because they are open at the end of the list.
    pub open: usize,
    /// Exits left out because their position was opened before the list begins.
    pub orphans: usize,
    /// Later entries that became part of an earlier one.
    pub merged: usize,
    /// Later entries that became adds.
    pub added: usize,
    /// Fills that closed a position and opened the opposite one.
    pub reversals: usize,
    /// Trades left out because they are of another market.
    pub other_markets: usize,
    /// The entries.
    pub entries_file: PathBuf,
    /// The exits that were made.
    pub exits_file: PathBuf,
    /// The later entries, if there are any.
    pub adds_file: Option<PathBuf>,
}

/// Reads a list of trades and writes its entries and the exits that were made.
///
/// # Errors
/// If the list cannot be read, is of no known format, has a row that cannot be used, trades of several markets or a
/// trade without 1 R, or if one of the files exists.
pub fn import_trades(request: &TradeListRequest) -> Result<TradeListReport, DataError> {
    let entries_file = request.out.join(ENTRIES);
    let exits_file = request.out.join(EXITS);
    let adds_file = request.out.join(ADDS);
    for path in [&entries_file, &exits_file, &adds_file] {
        if path.exists() {
            return Err(DataError::Occupied { path: path.clone() });
        }
    }
    let file = ListFile::read(&request.source)?;
    let format = recognised(&file, request.format)?;
    let (zone, risk_column) = (request.zone.as_deref(), request.risk_column.as_deref());
    let mut reader = ListReader::new(&file.path, zone, format.habits(), request.qty_times, risk_column)?;
    let deals = format.deals(&file, &mut reader)?;
    let mut detected = Detected { path: request.source.clone(), format: format.name(), facts: reader.facts };
    let Grouped { closed, open, orphans, merged, reversals } = grouped(&file.path, deals, request.adds)?;
    let all = closed.len();
    let (closed, found) = of_one_market(closed, request)?;
    let symbol = request.symbol_as.as_deref().or(found.as_deref());
    let (entries, facts) = entries(&file.path, &closed, symbol, request.one_r)?;
    detected.facts.extend(facts);
    if entries.is_empty() {
        return Err(DataError::Empty { path: request.source.clone(), what: "closed trades" });
    }
    if let Some(place) = repeated(&entries) {
        return Err(DataError::BadValue {
            path: file.path.clone(),
            row: closed[place].row,
            column: "id".to_owned(),
            value: entries[place].id.clone(),
            problem: "the id of an earlier trade too",
            accepted: "an id that no other position has".to_owned(),
        });
    }
    let exits = closed.iter().map(|closed| closed.exits.len()).sum();
    let added: usize = closed.iter().map(|closed| closed.adds.len()).sum();
    write(&request.out, &entries, &closed)?;
    Ok(TradeListReport {
        detected,
        trades: entries.len(),
        exits,
        open,
        orphans,
        merged,
        added,
        reversals,
        other_markets: all - closed.len(),
        entries_file,
        exits_file,
        adds_file: (0 < added).then_some(adds_file),
    })
}

/// The trades of the market that was asked for, or of the only one, and what the list calls it.
fn of_one_market(
    mut closed: Vec<Closed>,
    request: &TradeListRequest,
) -> Result<(Vec<Closed>, Option<String>), DataError> {
    let mut counts: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for closed in &closed {
        *counts.entry(closed.symbol.clone()).or_default() += 1;
    }
    let listed = || {
        let name = |name: &Option<String>| shown(name.as_deref().unwrap_or("(none)"));
        let counts: Vec<String> =
            counts.iter().take(30).map(|(market, count)| format!("{} ({count})", name(market))).collect();
        counts.join(", ")
    };
    let no_market = |message: String| DataError::NotReadable {
        path: request.source.clone(),
        expected: "list of one market",
        message,
    };
    let Some(asked) = &request.symbol else {
        return match counts.len() {
            0 | 1 => {
                let found = counts.pop_first().and_then(|(market, _)| market);
                Ok((closed, found))
            }
            many => {
                Err(no_market(format!("it has trades in {many} markets; accepted: --symbol with one of {}", listed())))
            }
        };
    };
    // A list that names no market has the one that the user names.
    if counts.keys().all(Option::is_none) {
        return Ok((closed, Some(asked.clone())));
    }
    if !counts.contains_key(&Some(asked.clone())) {
        return Err(no_market(format!("it has no closed trade in `{}`; accepted: {}", shown(asked), listed())));
    }
    closed.retain(|closed| closed.symbol.as_ref() == Some(asked));
    Ok((closed, Some(asked.clone())))
}

impl fmt::Display for TradeListReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.detected)?;
        for (count, what) in [
            (self.open, "left out: positions that are open at the end of the list"),
            (self.orphans, "left out: exits of positions that were opened before the list begins"),
            (self.other_markets, "left out: trades in other markets"),
            (self.merged, "merged: entries into an open position; the average price may lie outside its bar"),
            (self.reversals, "split: fills that closed a position and opened the opposite one"),
        ] {
            if 0 < count {
                writeln!(f, "{count} {what}")?;
            }
        }
        let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        writeln!(f, "{}: {}", counted(self.trades, "trade"), self.entries_file.display())?;
        write!(f, "{}: {}", counted(self.exits, "exit"), self.exits_file.display())?;
        match &self.adds_file {
            None => Ok(()),
            Some(file) => write!(f, "\n{}: {}", counted(self.added, "add"), file.display()),
        }
    }
}
