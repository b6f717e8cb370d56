//! Deals grouped into positions.

use std::collections::BTreeMap;
use std::path::Path;

use scaleout_market::{Add, Decimal, Side, Timestamp};

use super::deals::{Deal, Effect};
use crate::error::DataError;

/// What becomes of an entry into a position that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adds {
    /// It is refused.
    #[default]
    Refuse,
    /// Before the first exit it becomes part of the entry: at the average price, at the time of the first.
    Merge,
    /// It is a dated part of one planned position, also after an exit: the plan is the sum of all entries.
    Plan,
}

/// A position that was opened and closed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Closed {
    /// Row of the entry.
    pub(crate) row: u64,
    pub(crate) id: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) ts: Timestamp,
    pub(crate) side: Side,
    pub(crate) price: f64,
    pub(crate) qty: f64,
    pub(crate) stop: Option<f64>,
    pub(crate) risk: Option<f64>,
    pub(crate) exits: Vec<Exit>,
    /// Later entries, in order of time; `qty` is the planned quantity with them.
    pub(crate) adds: Vec<Add>,
}

/// A part of a position that was sold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Exit {
    pub(crate) ts: Timestamp,
    pub(crate) price: f64,
    pub(crate) qty: f64,
}

/// The closed positions in order of time, and what else the deals were.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Grouped {
    pub(crate) closed: Vec<Closed>,
    /// Positions of which something is left at the end of the list.
    pub(crate) open: usize,
    /// Exits of positions that were opened before the list begins.
    pub(crate) orphans: usize,
    /// Entries that became part of an earlier one.
    pub(crate) merged: usize,
    /// Fills that closed a position and opened the opposite one.
    pub(crate) reversals: usize,
}

/// Groups `deals` of the list at `path`, in any order, by their position and time.
pub(crate) fn grouped(path: &Path, deals: Vec<Deal>, adds: Adds) -> Result<Grouped, DataError> {
    let mut by_position: BTreeMap<String, Vec<Deal>> = BTreeMap::new();
    for deal in deals {
        by_position.entry(deal.position.clone()).or_default().push(deal);
    }
    let mut grouped = Grouped::default();
    for mut deals in by_position.into_values() {
        let first = deals.iter().map(|deal| deal.ts).min();
        // Parts of one entry may be closed at the very time of the entry: the entry comes first. Otherwise fills of one
        // time keep the order of the list.
        deals.sort_by_key(|deal| (deal.ts, !(deal.effect == Effect::Opens && Some(deal.ts) == first)));
        let mut grouping = OpenGrouping { path, adds, open: None, grouped: &mut grouped };
        for deal in deals {
            grouping.take(deal)?;
        }
        grouped.open += usize::from(grouping.open.is_some());
    }
    grouped.closed.sort_by_key(|closed| (closed.ts, closed.row));
    Ok(grouped)
}

struct OpenGrouping<'a> {
    path: &'a Path,
    adds: Adds,
    open: Option<Open>,
    grouped: &'a mut Grouped,
}

struct Open {
    position: Closed,
    left: f64,
}

impl OpenGrouping<'_> {
    fn take(&mut self, deal: Deal) -> Result<(), DataError> {
        match (&self.open, deal.effect) {
            (None, Effect::Closes) => self.grouped.orphans += 1,
            (None, Effect::Opens | Effect::Nets) => self.open = Some(Open::of(&deal, deal.qty)),
            (Some(open), effect) => {
                let adds = open.position.side.sign() * deal.qty > 0.0;
                match (adds, effect) {
                    (true, Effect::Closes) => return Err(self.bad(&deal, "buys and sells in one direction", OPPOSITE)),
                    (false, Effect::Opens) => return Err(self.bad(&deal, "is opened against the position", ONE_SIDE)),
                    (true, Effect::Opens | Effect::Nets) => self.add(&deal)?,
                    (false, Effect::Closes | Effect::Nets) => self.reduce(&deal)?,
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, deal: &Deal) -> Result<(), DataError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let position = &mut open.position;
        let is_first = position.exits.is_empty();
        // Pieces of one order have one time.
        let is_piece = is_first && deal.ts == position.ts;
        if self.adds == Adds::Plan && !(is_piece && position.adds.is_empty()) {
            let added = deal.qty.abs();
            position.adds.push(Add { ts: deal.ts, price: deal.price, qty: added });
            (position.qty, open.left) = (plus(position.qty, added), plus(open.left, added));
            return Ok(());
        }
        let is_wanted = self.adds == Adds::Merge && is_first;
        if !(is_piece || is_wanted) {
            let what = if is_first { "adds to the position" } else { "adds, after a sale, to the position" };
            let accepted = if is_first { ONE_ENTRY } else { NO_ADD_AFTER_SALE };
            return Err(self.bad(deal, what, accepted));
        }
        let added = deal.qty.abs();
        let total = plus(position.qty, added);
        if deal.price.to_bits() != position.price.to_bits() {
            position.price = (position.price * position.qty + deal.price * added) / total;
        }
        (position.qty, open.left) = (total, total);
        position.stop = position.stop.or(deal.stop);
        position.risk = position.risk.or(deal.risk);
        self.grouped.merged += usize::from(!is_piece);
        Ok(())
    }

    fn reduce(&mut self, deal: &Deal) -> Result<(), DataError> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let asked = deal.qty.abs();
        // A billionth of the position is rounding of the list, no quantity.
        let rounding = 1e-9 * open.position.qty;
        let sold = asked.min(open.left);
        let (left, rest) = (minus(open.left, sold), minus(asked, sold));
        if rounding < rest && deal.effect == Effect::Closes {
            self.open = Some(open);
            return Err(self.bad(deal, "sells more than is left of the position", AT_MOST_WHAT_IS_HELD));
        }
        let is_closed = left <= rounding;
        let qty = if is_closed { open.left } else { sold };
        open.position.exits.push(Exit { ts: deal.ts, price: deal.price, qty });
        if is_closed {
            self.grouped.closed.push(open.position);
        } else {
            open.left = left;
            self.open = Some(open);
        }
        if rounding < rest {
            self.grouped.reversals += 1;
            self.open = Some(Open::of(deal, deal.qty.signum() * rest));
        }
        Ok(())
    }

    fn bad(&self, deal: &Deal, what: &str, accepted: &'static str) -> DataError {
        let opened = self.open.as_ref().map_or(deal.row, |open| open.position.row);
        let problem = format!("the fill of {} at {} {what} that row {opened} opened", deal.qty.abs(), deal.price);
        DataError::BadRow { path: self.path.to_path_buf(), row: deal.row, problem, accepted }
    }
}

const OPPOSITE: &str = "an exit in the opposite direction of its entry";
const ONE_SIDE: &str = "one position at a time in a market, or a column that names the position";
const ONE_ENTRY: &str = "one entry a position; `--adds plan` makes the others dated parts of one planned position, `--adds merge` averages those \
     before the first exit";
const NO_ADD_AFTER_SALE: &str =
    "no entry into a position after its first exit; `--adds plan` takes it as a part of one planned position";
const AT_MOST_WHAT_IS_HELD: &str = "exits of at most what is held";

impl Open {
    fn of(deal: &Deal, qty: f64) -> Self {
        let position = Closed {
            row: deal.row,
            id: deal.id.clone(),
            symbol: deal.symbol.clone(),
            tag: deal.tag.clone(),
            ts: deal.ts,
            side: if 0.0 < qty { Side::Long } else { Side::Short },
            price: deal.price,
            qty: qty.abs(),
            stop: deal.stop,
            risk: deal.risk,
            exits: Vec::new(),
            adds: Vec::new(),
        };
        Self { left: qty.abs(), position }
    }
}

/// The sum of the decimals: .1 + .2 is .3.
fn plus(a: f64, b: f64) -> f64 {
    Decimal::of(a).plus(Decimal::of(b)).to_f64()
}

fn minus(a: f64, b: f64) -> f64 {
    Decimal::of(a).minus(Decimal::of(b)).to_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `seconds qty @ price` fills of one market; positions as `ts side qty @ price: exits`.
    fn check(adds: Adds, fills: &str, expected: &str) {
        let deal = |(row, fill): (usize, &str)| {
            let parts: Vec<&str> = fill.split_whitespace().collect();
            let ts = Timestamp::from_secs(parts[0].parse().unwrap());
            Deal::netting(row as u64 + 2, None, ts, parts[3].parse().unwrap(), parts[1].parse().unwrap())
        };
        let deals = fills.split(',').enumerate().map(deal).collect();
        let found = match grouped(Path::new("x.csv"), deals, adds) {
            Err(error) => error.to_string(),
            Ok(Grouped { closed, open, merged, reversals, .. }) => {
                let exit = |exit: &Exit| format!(" {} @ {}", exit.qty, exit.price);
                let line = |closed: &Closed| {
                    let exits: String = closed.exits.iter().map(exit).collect();
                    let adds: String = closed.adds.iter().map(|add| format!(" +{} @ {}", add.qty, add.price)).collect();
                    format!("{:?} {} @ {}{adds}:{exits}", closed.side, closed.qty, closed.price)
                };
                let lines: Vec<String> = closed.iter().map(line).collect();
                format!("{}; open {open} merged {merged} reversals {reversals}", lines.join(", "))
            }
        };
        assert_eq!(found, expected, "{fills}");
    }

    #[test]
    fn partial_exits_stand_under_their_entry() {
        check(
            Adds::Refuse,
            "1 0.3 @ 10, 2 -0.1 @ 11, 3 -0.2 @ 12, 4 -2 @ 9, 5 2 @ 8",
            "Long 0.3 @ 10: 0.1 @ 11 0.2 @ 12, Short 2 @ 9: 2 @ 8; open 0 merged 0 reversals 0",
        );
        check(Adds::Refuse, "3 -1 @ 12, 1 1 @ 10", "Long 1 @ 10: 1 @ 12; open 0 merged 0 reversals 0");
        check(Adds::Refuse, "1 2 @ 10, 2 -1 @ 11", "; open 1 merged 0 reversals 0");
        check(
            Adds::Refuse,
            "1 2 @ 10, 2 -3 @ 11, 3 1 @ 9",
            "Long 2 @ 10: 2 @ 11, Short 1 @ 11: 1 @ 9; open 0 merged 0 reversals 1",
        );
    }

    #[test]
    fn adds_are_refused_or_merged() {
        let refused = "x.csv: row 3: the fill of 1 at 12 adds to the position that row 2 opened; accepted: one entry a \
                       position; `--adds plan` makes the others dated parts of one planned position, `--adds merge` \
                       averages those before the first exit";
        check(Adds::Refuse, "1 1 @ 10, 2 1 @ 12, 3 -2 @ 13", refused);
        check(Adds::Merge, "1 1 @ 10, 2 1 @ 12, 3 -2 @ 13", "Long 2 @ 11: 2 @ 13; open 0 merged 1 reversals 0");
        // Pieces of one order are no adds.
        check(Adds::Refuse, "1 1 @ 10, 1 1 @ 12, 3 -2 @ 13", "Long 2 @ 11: 2 @ 13; open 0 merged 0 reversals 0");
        let late = "x.csv: row 4: the fill of 1 at 12 adds, after a sale, to the position that row 2 opened; accepted: no \
                    entry into a position after its first exit; `--adds plan` takes it as a part of one planned position";
        check(Adds::Merge, "1 2 @ 10, 2 -1 @ 11, 3 1 @ 12, 4 -2 @ 13", late);
    }

    /// The plan is the sum of all entries, also of those after a sale.
    #[test]
    fn adds_are_dated_parts_of_one_plan() {
        let of = |fills, expected| check(Adds::Plan, fills, expected);
        of("1 2 @ 100, 2 1 @ 104, 3 -3 @ 98", "Long 3 @ 100 +1 @ 104: 3 @ 98; open 0 merged 0 reversals 0");
        of(
            "1 2 @ 10, 2 -1 @ 11, 3 1 @ 12, 4 -2 @ 13",
            "Long 3 @ 10 +1 @ 12: 1 @ 11 2 @ 13; open 0 merged 0 reversals 0",
        );
        // Pieces of the first order are the first entry.
        of("1 1 @ 10, 1 1 @ 12, 3 -2 @ 13", "Long 2 @ 11: 2 @ 13; open 0 merged 0 reversals 0");
        // What is added after the position was closed is another position.
        of(
            "1 0.1 @ 10, 2 0.2 @ 11, 3 -0.3 @ 12, 4 1 @ 12, 5 -1 @ 13",
            "Long 0.3 @ 10 +0.2 @ 11: 0.3 @ 12, Long 1 @ 12: 1 @ 13; open 0 merged 0 reversals 0",
        );
    }
}
