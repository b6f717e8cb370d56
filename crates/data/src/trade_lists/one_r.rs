//! What 1 R of an imported trade is.

use std::path::Path;

use scaleout_market::{Decimal, Entry, Timestamp};

use super::positions::Closed;
use crate::error::DataError;
use crate::formats::Fact;

/// What 1 R is where the list has neither a stop nor a risk.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum OneR {
    /// It must have one of them.
    #[default]
    InTheList,
    /// This share of the entry's price, in percent.
    Percent(f64),
    /// This distance of price.
    Distance(f64),
}

/// The entries of `closed`, in their order, and where 1 R of them is from.
///
/// A stop goes before a column of risk, and that before `one_r`. The risk of a price is the product of the decimals.
pub(super) fn entries(
    path: &Path,
    closed: &[Closed],
    symbol: Option<&str>,
    one_r: OneR,
) -> Result<(Vec<Entry>, Vec<Fact>), DataError> {
    let mut from = [0; 3];
    let mut entries = Vec::with_capacity(closed.len());
    for (number, closed) in closed.iter().enumerate() {
        let (place, risk) = match (closed.stop, closed.risk, one_r) {
            (Some(stop), ..) => (0, Decimal::of(closed.price).minus(Decimal::of(stop)).to_f64().abs()),
            (None, Some(risk), _) => (1, risk),
            (None, None, OneR::Percent(percent)) => {
                let share = Decimal::of(percent).times(Decimal::of(0.01));
                (2, Decimal::of(closed.price).times(share).to_f64())
            }
            (None, None, OneR::Distance(distance)) => (2, distance),
            (None, None, OneR::InTheList) => {
                return Err(DataError::BadRow {
                    path: path.to_path_buf(),
                    row: closed.row,
                    problem: "the trade has no stop, so what it risked is unknown".to_owned(),
                    accepted: "--risk-percent P (of the price), --risk DISTANCE (in points of price) or --risk-column NAME",
                });
            }
        };
        from[place] += 1;
        let id = closed.id.clone().unwrap_or_else(|| format!("T{:05}", number + 1));
        let entry = Entry {
            id,
            symbol: symbol.unwrap_or_default().to_owned(),
            ts: closed.ts,
            side: closed.side,
            price: closed.price,
            risk,
            stop: closed.stop,
            qty: closed.qty,
            tags: closed.tag.clone().into_iter().collect(),
            adds: closed.adds.clone(),
        };
        let bad = |source| DataError::BadEntry { path: path.to_path_buf(), row: closed.row, source };
        entries.push(entry.checked().map_err(bad)?);
    }
    Ok((entries, facts(from, one_r)))
}

fn facts([stop, column, option]: [usize; 3], one_r: OneR) -> Vec<Fact> {
    let trades = |count: usize| format!("{count} trade{}", if count == 1 { "" } else { "s" });
    let said = match one_r {
        OneR::InTheList => String::new(),
        OneR::Percent(percent) => format!("{percent} % of the price"),
        OneR::Distance(distance) => format!("{distance} points of price"),
    };
    [(stop, "the distance to the stop".to_owned()), (column, "the column of risk".to_owned()), (option, said)]
        .into_iter()
        .filter(|(count, _)| 0 < *count)
        .map(|(count, value)| Fact::new("1 R", value, trades(count)))
        .collect()
}

/// The first entry whose id another one has, with its place.
pub(super) fn repeated(entries: &[Entry]) -> Option<usize> {
    let mut seen = std::collections::BTreeMap::<&str, Timestamp>::new();
    entries.iter().position(|entry| seen.insert(&entry.id, entry.ts).is_some())
}
