//! A contestant's trades as a broker would account for them: lots, by first in, last in or average.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    path::Path,
};

use scaleout_data::{Limit, read_text};
use scaleout_exits::{Matching, Money, StatementFill, StatementLot, TradeOutcome, lot_statement};
use scaleout_market::{Entry, Side};
use serde::Serialize;

use crate::{
    ExperimentError, Fitted, LoadedConfig, Prepared, RunFolder, inspect::explain::no_contestant, stages::judge::Field,
};

/// The closed lots of one account that takes every test trade of a contestant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotStatement {
    /// The contestant.
    pub contestant: String,
    /// Which lot a sale closes.
    pub matching: Matching,
    /// Currency of all amounts.
    pub currency: String,
    /// The lots, in the order in which they were closed.
    pub lots: Vec<LotLine>,
    /// Net gain of the lots closed on each day (UTC) under each matching, days that differ or not.
    pub days: Vec<DayLine>,
    /// Gain of all lots after fees: the same under every matching.
    pub net: f64,
    /// Funding, financing and dividends paid, which belong to no lot.
    pub carry: f64,
    /// Lots that were closed by the exit of another trade than their own.
    pub crossed: usize,
}

/// One closed lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotLine {
    /// Whether it was bought or sold to open.
    pub side: Side,
    /// Quantity.
    pub qty: f64,
    /// The fill that opened it; of the average pool its first.
    pub opened: StatementFill,
    /// The fill that closed it.
    pub closed: StatementFill,
    /// Gain before fees.
    pub gross: f64,
    /// Fees of both fills, in proportion to the quantity.
    pub fees: f64,
    /// Gain after fees.
    pub net: f64,
}

/// What was realised on one day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayLine {
    /// The day, in UTC.
    pub date: String,
    /// First in, first out.
    pub fifo: f64,
    /// Last in, first out.
    pub lifo: f64,
    /// At the average price.
    pub average: f64,
}

/// The lots of `contestant` in the run whose lessons are stored at `model`, if all its test trades went through one
/// account.
///
/// # Errors
/// If the run or the contestant does not exist.
pub fn lots_of_run(
    loaded: &LoadedConfig,
    model: &Path,
    contestant: &str,
    matching: Matching,
) -> Result<LotStatement, ExperimentError> {
    RunFolder::settle(model)?;
    let text = read_text(model, Limit::Model)?;
    let fitted = Fitted::from_json(&text, model)?;
    let prepared = Prepared::new(loaded)?;
    fitted.check_trades(prepared.trades.len(), model)?;
    let field = Field::new(&prepared, &fitted)?;
    let outcomes = field.outcomes(contestant)?.ok_or_else(|| no_contestant(&field, model, contestant))?;
    let entries: Vec<Entry> = field.places.iter().map(|&place| prepared.trades[place].entry.clone()).collect();
    let under = |matching| {
        let mut lots: Vec<StatementLot> = Vec::new();
        for (place, market) in prepared.markets.iter().enumerate() {
            let of_market = |tested: &usize| prepared.trades[field.places[*tested]].market == place;
            let tested: Vec<usize> = (0..entries.len()).filter(of_market).collect();
            let outcomes: Vec<TradeOutcome> = tested.iter().map(|&tested| outcomes[tested].clone()).collect();
            let entries: Vec<Entry> = tested.iter().map(|&tested| entries[tested].clone()).collect();
            lots.extend(lot_statement(&outcomes, &entries, &market.loaded.instrument, matching));
        }
        // Stable, so that one market keeps its order.
        lots.sort_by_key(|lot| lot.closed.ts);
        lots
    };
    let lots = under(matching);
    let mut days: BTreeMap<String, [Money; 3]> = BTreeMap::new();
    for (place, matching) in Matching::ALL.into_iter().enumerate() {
        for lot in under(matching) {
            // RFC 3339 begins with the date.
            let date = lot.closed.ts.to_string()[..10].to_owned();
            let day = &mut days.entry(date).or_default()[place];
            *day = *day + lot.net();
        }
    }
    Ok(LotStatement {
        contestant: contestant.to_owned(),
        matching,
        currency: prepared.currency().to_owned(),
        net: lots.iter().map(StatementLot::net).sum::<Money>().as_f64(),
        carry: outcomes.iter().map(|outcome| outcome.carry).sum::<Money>().as_f64(),
        crossed: lots.iter().filter(|lot| lot.opened.trade != lot.closed.trade).count(),
        lots: lots.into_iter().map(LotLine::from).collect(),
        days: days
            .into_iter()
            .map(|(date, [fifo, lifo, average])| DayLine {
                date,
                fifo: fifo.as_f64(),
                lifo: lifo.as_f64(),
                average: average.as_f64(),
            })
            .collect(),
    })
}

impl From<StatementLot> for LotLine {
    fn from(lot: StatementLot) -> Self {
        let net = lot.net().as_f64();
        let StatementLot { side, qty, opened, closed, gross, fees } = lot;
        Self { side, qty, opened, closed, gross: gross.as_f64(), fees: fees.as_f64(), net }
    }
}

impl fmt::Display for LotStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: every test trade in one account, lots matched by {}; amounts in {}",
            self.contestant,
            self.matching.name(),
            self.currency
        )?;
        let mut rows = vec![
            ["opened", "by", "at", "closed", "by", "at", "side", "qty", "gain", "fees", "net"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(self.lots.iter().map(LotLine::cells));
        table(f, &rows)?;
        writeln!(
            f,
            "net {:.2}{}; {} of {} lots were closed by the exit of another trade",
            self.net,
            if self.carry == 0.0 { String::new() } else { format!(" before {:.2} for holding", self.carry) },
            self.crossed,
            self.lots.len()
        )?;
        if self.crossed == 0 {
            let overlap = if self.has_adds() {
                "no two positions overlapped, so every matching gives the same lots but for adds"
            } else {
                "no two positions overlapped, so every matching gives the same lots"
            };
            writeln!(f, "{overlap}")?;
        }
        writeln!(f, "\nrealised on a day (UTC)")?;
        let mut rows = vec![["date", "fifo", "lifo", "average"].map(str::to_owned).to_vec()];
        rows.extend(self.days.iter().map(|day| {
            let mut cells = vec![day.date.clone()];
            cells.extend([day.fifo, day.lifo, day.average].map(|amount| format!("{amount:.2}")));
            cells
        }));
        table(f, &rows)
    }
}

impl LotStatement {
    fn has_adds(&self) -> bool {
        self.lots.iter().any(|lot| lot.opened.add.is_some())
    }
}

impl LotLine {
    fn cells(&self) -> Vec<String> {
        let by = |fill: &StatementFill| match (fill.leg, fill.add) {
            (None, None) => fill.trade.clone(),
            (None, Some(add)) => format!("{} add {add}", fill.trade),
            (Some(leg), _) => format!("{} leg {leg}", fill.trade),
        };
        let side = match self.side {
            Side::Long => "long",
            Side::Short => "short",
        };
        let mut cells = vec![
            self.opened.ts.to_string(),
            by(&self.opened),
            self.opened.price.to_string(),
            self.closed.ts.to_string(),
            by(&self.closed),
            self.closed.price.to_string(),
            side.to_owned(),
            self.qty.to_string(),
        ];
        cells.extend([self.gross, self.fees, self.net].map(|amount| format!("{amount:.2}")));
        cells
    }
}

/// Rows in columns as wide as their widest cell, two spaces apart.
fn table(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            write!(line, "{cell:<width$}  ")?;
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
