//! The rows of a LEAN file, which has no header.

use std::io::Read;
use std::path::{Path, PathBuf};

use scaleout_market::{PriceDomain, Timestamp};

use super::clock::{DayClock, Part};
use crate::error::DataError;
use crate::input::Limit;
use crate::table::Records;

/// The rows of one LEAN file.
pub(crate) struct LeanRows<'a> {
    records: Records<'a>,
    clock: &'a DayClock,
    price: PriceDomain,
    scale: f64,
    row: u64,
    previous_millis: i64,
}

impl<'a> LeanRows<'a> {
    pub(crate) fn new(
        path: &Path,
        text: Box<dyn Read + Send + 'a>,
        clock: &'a DayClock,
        price: PriceDomain,
        scale: f64,
    ) -> Result<Self, DataError> {
        Ok(Self { records: Records::new(path, text)?, clock, price, scale, row: 0, previous_millis: 0 })
    }

    /// Goes to the next row; false at the end.
    pub(crate) fn advance(&mut self) -> Result<bool, DataError> {
        let row = self.records.advance(Limit::Line)?;
        self.row = row.unwrap_or(self.row);
        Ok(row.is_some())
    }

    /// Refuses a row with fewer values.
    pub(crate) fn at_least(&self, columns: usize) -> Result<(), DataError> {
        if columns <= self.records.record().len() {
            return Ok(());
        }
        Err(DataError::BadRow {
            path: self.path(),
            row: self.row,
            problem: format!("{} values where {columns} are needed", self.records.record().len()),
            accepted: "the columns of the LEAN format",
        })
    }

    /// The moment of the row plus `later` milliseconds, and where the row lies in the session; rows never go back.
    pub(crate) fn moment(&mut self, later: i64) -> Result<(Timestamp, Part), DataError> {
        let text = self.text(0);
        let millis = text.parse::<i64>().ok().filter(|millis| (0..86_400_000).contains(millis));
        let millis = millis.ok_or_else(|| {
            self.bad("ms", &text, "not a time of day", "milliseconds since midnight, below 86,400,000")
        })?;
        if millis < self.previous_millis {
            return Err(DataError::TimeGoesBack {
                path: self.path(),
                row: self.row,
                column: "ms".into(),
                ts: self.clock.moment(millis)?,
                relation: "before",
                previous: self.clock.moment(self.previous_millis)?,
            });
        }
        self.previous_millis = millis;
        Ok((self.clock.moment(millis + later)?, self.clock.part(millis)))
    }

    /// A price in its unit; `None` where the cell is empty or 0, which in these files means that there is none.
    pub(crate) fn price(&self, column: usize, name: &str) -> Result<Option<f64>, DataError> {
        let Some(value) = self.number(column, name)? else { return Ok(None) };
        match self.price {
            _ if value == 0.0 => Ok(None),
            PriceDomain::Positive if value < 0.0 => {
                Err(self.bad(name, &value.to_string(), "out of range", "a price above 0"))
            }
            PriceDomain::Positive | PriceDomain::Real => Ok(Some(value / self.scale)),
        }
    }

    /// A price that must be there.
    pub(crate) fn price_needed(&self, column: usize, name: &str) -> Result<f64, DataError> {
        self.price(column, name)?.ok_or_else(|| self.bad(name, &self.text(column), "missing", "a price other than 0"))
    }

    /// A quantity, 0 or more; an empty cell is 0.
    pub(crate) fn qty(&self, column: usize, name: &str) -> Result<f64, DataError> {
        let value = self.number(column, name)?.unwrap_or(0.0);
        if 0.0 <= value {
            Ok(value)
        } else {
            Err(self.bad(name, &value.to_string(), "out of range", "a number, 0 or more"))
        }
    }

    pub(crate) fn qty_above_zero(&self, column: usize, name: &str) -> Result<f64, DataError> {
        let value = self.qty(column, name)?;
        if 0.0 < value {
            Ok(value)
        } else {
            Err(self.bad(name, &value.to_string(), "out of range", "a number above 0"))
        }
    }

    /// Whether a flag is set.
    pub(crate) fn flag(&self, column: usize) -> bool {
        self.records.record().get(column).is_some_and(|cell| cell == b"1")
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.records.path().to_path_buf()
    }

    pub(crate) fn row(&self) -> u64 {
        self.row
    }

    fn number(&self, column: usize, name: &str) -> Result<Option<f64>, DataError> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        value.map(Some).ok_or_else(|| self.bad(name, &text, "not a finite number", "a finite number"))
    }

    fn text(&self, column: usize) -> String {
        String::from_utf8_lossy(self.records.record().get(column).unwrap_or_default()).trim().to_string()
    }

    fn bad(&self, column: &str, value: &str, problem: &'static str, accepted: &str) -> DataError {
        DataError::BadValue {
            path: self.path(),
            row: self.row,
            column: column.to_string(),
            value: value.to_owned(),
            problem,
            accepted: accepted.to_string(),
        }
    }
}
