//! Text tables, read record by record so that every error can name its line.

use std::borrow::Cow;
use std::path::Path;

use scaleout_market::Aggressor;

use super::batch::Batch;
use super::bytes::Bytes;
use super::layout::{Further, Layout, Resolved};
use super::side::{SIDES, aggressor};
use super::text::TextTable;
use crate::error::DataError;
use crate::formats::{Clock, SideWords, TableShape, TickCells};
use crate::time::{Stamp, TimeReader};

const BATCH_ROWS: usize = 16_384;

/// What the values of a extra column are, told by the first that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unknown,
    Number,
    Text,
}

/// The batches of a text file.
pub(crate) struct CsvBatches {
    table: TextTable,
    resolved: Resolved,
    time: TimeReader,
    clock: Clock,
    ticks: TickCells,
    /// What the column of the market holds in the first row.
    market: Option<String>,
    kinds: Vec<Kind>,
    /// Whether the user named the extra columns, so that text in one is an error at once.
    further_named: bool,
    done: bool,
}

impl CsvBatches {
    pub(crate) fn open(bytes: &Bytes, layout: &Layout, time: TimeReader) -> Result<Self, DataError> {
        Self::new(TextTable::open(bytes)?, layout, time, Clock::OneCell, TickCells::default())
    }

    pub(crate) fn open_shaped(
        bytes: &Bytes,
        layout: &Layout,
        time: TimeReader,
        shape: TableShape,
    ) -> Result<Self, DataError> {
        let (clock, ticks) = (shape.clock, shape.ticks);
        Self::new(TextTable::open_shaped(bytes, shape)?, layout, time, clock, ticks)
    }

    fn new(
        table: TextTable,
        layout: &Layout,
        time: TimeReader,
        clock: Clock,
        ticks: TickCells,
    ) -> Result<Self, DataError> {
        let mut resolved = Resolved::new(layout, table.path(), table.header())?;
        if let Clock::Date { time_of_day: Some(place) } = clock {
            resolved.further.retain(|(position, _)| *position != place);
        }
        let further_named = matches!(layout.further, Further::Named(_));
        let kinds = vec![if further_named { Kind::Number } else { Kind::Unknown }; resolved.further.len()];
        Ok(Self { table, resolved, time, clock, ticks, market: None, kinds, further_named, done: false })
    }

    pub(crate) fn path(&self) -> &Path {
        self.table.path()
    }

    pub(crate) fn resolved(&self) -> &Resolved {
        &self.resolved
    }

    pub(crate) fn sha256(&self) -> String {
        self.table.sha256().to_owned()
    }

    pub(crate) fn ignored(&self) -> Vec<String> {
        let columns = self.resolved.further.iter().zip(&self.kinds);
        columns.filter(|(_, kind)| **kind == Kind::Text).map(|((_, name), _)| name.clone()).collect()
    }

    /// Reads the record at hand into the batch, all of it or nothing.
    fn parse(&mut self, row: u64, batch: &mut Batch) -> Result<(), DataError> {
        let stamp = self.stamp(row)?;
        let numbers = self.resolved.numbers.iter().map(|column| match column {
            Some((position, name)) => self.number(row, *position, name),
            None => Ok(None),
        });
        let numbers: Vec<Option<f64>> = numbers.collect::<Result<_, _>>()?;
        let side = self.side(row)?;
        self.one_market(row)?;
        let mut further = Vec::with_capacity(self.kinds.len());
        for column in 0..self.kinds.len() {
            further.push(self.further(row, column)?);
        }
        batch.rows.push(row);
        batch.stamps.push(stamp);
        push_row(&mut batch.numbers, numbers);
        push_row(&mut batch.further, further);
        if self.resolved.side.is_some() {
            batch.sides.push(side);
        }
        if let Some((position, _)) = &self.resolved.symbol {
            batch.symbols.push(self.cell(*position).into_boxed_str());
        }
        Ok(())
    }

    fn stamp(&mut self, row: u64) -> Result<Stamp, DataError> {
        let (position, name) = &self.resolved.ts;
        let text = self.clock.text(*position, |position| Some(Cow::Owned(self.cell(position)))).unwrap_or_default();
        let stamp = self.time.text(&text);
        let stamp = stamp.map_err(|no_time| self.bad(row, name, &text, no_time.problem, no_time.accepted))?;
        self.time.settle(&text);
        Ok(stamp)
    }

    fn number(&self, row: u64, position: usize, name: &str) -> Result<Option<f64>, DataError> {
        let Some(bytes) = self.table.record().get(position) else { return Ok(None) };
        match number(bytes) {
            Ok(value) => Ok(value),
            Err(problem) => Err(self.bad(row, name, &String::from_utf8_lossy(bytes), problem, "a finite number")),
        }
    }

    fn side(&self, row: u64) -> Result<Option<Aggressor>, DataError> {
        let Some((position, name)) = &self.resolved.side else { return Ok(None) };
        let text = self.cell(*position);
        match self.ticks.side {
            SideWords::Taker => aggressor(&text).ok_or_else(|| self.bad(row, name, &text, "not a side", SIDES)),
            SideWords::BuyerIsMaker if text.eq_ignore_ascii_case("true") => Ok(Some(Aggressor::Sell)),
            SideWords::BuyerIsMaker if text.eq_ignore_ascii_case("false") => Ok(Some(Aggressor::Buy)),
            SideWords::BuyerIsMaker => {
                let accepted = "true or false: whether the buyer was the maker";
                Err(self.bad(row, name, &text, "not a truth value", accepted))
            }
        }
    }

    /// Refuses a row of another market than that of the rows before.
    fn one_market(&mut self, row: u64) -> Result<(), DataError> {
        let Some(position) = self.ticks.market else { return Ok(()) };
        let cell = self.table.record().get(position).unwrap_or_default();
        match &self.market {
            Some(market) if market.as_bytes() == cell => Ok(()),
            None => {
                self.market = Some(String::from_utf8_lossy(cell).into_owned());
                Ok(())
            }
            Some(market) => {
                let name = self.table.header().get(position).map_or("symbol", String::as_str);
                let accepted = format!("`{market}`, the market of the rows before: one market a file");
                Err(self.bad(row, name, &String::from_utf8_lossy(cell), "another market", &accepted))
            }
        }
    }

    fn further(&mut self, row: u64, column: usize) -> Result<Option<f64>, DataError> {
        let (position, name) = &self.resolved.further[column];
        let kind = self.kinds[column];
        if kind == Kind::Text {
            return Ok(None);
        }
        match self.number(row, *position, name) {
            Ok(Some(value)) => {
                self.kinds[column] = Kind::Number;
                Ok(Some(value))
            }
            Err(_) if kind == Kind::Unknown && !self.further_named => {
                self.kinds[column] = Kind::Text;
                Ok(None)
            }
            other => other,
        }
    }

    fn cell(&self, position: usize) -> String {
        String::from_utf8_lossy(self.table.record().get(position).unwrap_or_default()).trim().to_string()
    }

    fn bad(&self, row: u64, column: &str, value: &str, problem: &'static str, accepted: &str) -> DataError {
        let (path, column) = (self.table.path().to_path_buf(), column.to_string());
        DataError::BadValue { path, row, column, value: value.to_owned(), problem, accepted: accepted.to_string() }
    }
}

impl Iterator for CsvBatches {
    type Item = Result<Batch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut batch = Batch::shaped(&self.resolved);
        while batch.rows.len() + batch.refused.len() < BATCH_ROWS {
            match self.table.next_row() {
                Some(Ok(row)) => {
                    if let Err(error) = self.parse(row, &mut batch) {
                        batch.refused.push(error);
                    }
                }
                Some(Err(error)) if error.row().is_some() => batch.refused.push(error),
                Some(Err(error)) => {
                    self.done = true;
                    return Some(Err(error));
                }
                None => {
                    self.done = true;
                    break;
                }
            }
        }
        (!(batch.rows.is_empty() && batch.refused.is_empty())).then_some(Ok(batch))
    }
}

/// A number, or `None` where the cell is empty or says that there is none.
fn number(bytes: &[u8]) -> Result<Option<f64>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not a number")?.trim();
    if text.is_empty() || ["nan", "na", "null"].iter().any(|none| text.eq_ignore_ascii_case(none)) {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        Ok(_) => Err("not finite"),
        Err(_) => Err("not a number"),
    }
}

fn push_row(columns: &mut [Vec<Option<f64>>], row: Vec<Option<f64>>) {
    for (column, value) in columns.iter_mut().zip(row) {
        column.push(value);
    }
}
