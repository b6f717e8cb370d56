//! What every kind of row is checked for, in one place.

use std::path::PathBuf;

use scaleout_market::{PriceDomain, Timestamp};
use serde::{Deserialize, Serialize};

use crate::bad_rows::{BadRows, OnBadRows};
use crate::columns::Columns;
use crate::error::{DataError, listed, shown_path};
use crate::format::FileFormat;
use crate::formats::{
    Clock, Detected, FileSample, Found, Header, Order, Rows, TableFormat, TableShape, Text, TickCells, detect,
};
use crate::table::{Batch, Bytes, Layout, OpenTable, Resolved};
use crate::time::{TimeConfig, TimeReader};

/// How the rows of a table are to be read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowConfig {
    /// How the table is stored; without it the ending of the file's name tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<TableFormat>,
    /// The file's own names for the columns.
    pub columns: Columns,
    /// How its times are written.
    pub time: TimeConfig,
    /// What prices of bars are divided by to be in units of the currency, as 10000 where the file counts ten-thousandths;
    /// without it as the format of an export says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_divisor: Option<f64>,
    /// Whether prices can be 0 or negative.
    pub price: PriceDomain,
    /// What happens to a row that cannot be used.
    pub on_bad_rows: OnBadRows,
}

impl RowConfig {
    pub(crate) fn open(&self, bytes: &Bytes, layout: &Layout) -> Result<OpenTable, DataError> {
        let format = match self.format {
            Some(TableFormat::Plain(format)) => format,
            None | Some(TableFormat::Auto) => FileFormat::of(bytes.path())?,
            Some(TableFormat::Export(name)) => {
                let problem = format!("`{name}`, though {} is a plain table", shown_path(bytes.path()));
                return Err(DataError::config("format", problem, "csv or parquet"));
            }
        };
        let time = TimeReader::new(&self.time, bytes.path())?;
        match self.own_shape(bytes, format)? {
            None => OpenTable::open(bytes, format, layout, time),
            Some(shape) => OpenTable::open_shaped(bytes, layout, time, shape),
        }
    }

    /// How a plain text is laid out, where the user says more of it than names of columns.
    fn own_shape(&self, bytes: &Bytes, format: FileFormat) -> Result<Option<TableShape>, DataError> {
        let Columns { header, time_of_day, .. } = &self.columns;
        let key = match (header, time_of_day) {
            (None, None) => return Ok(None),
            (Some(_), _) => "columns.header",
            (None, Some(_)) => "columns.time_of_day",
        };
        if format != FileFormat::Csv {
            let problem = format!("given, though {} is no text", shown_path(bytes.path()));
            return Err(DataError::config(key, problem, "a text file"));
        }
        let sample = FileSample::of(bytes)?;
        let names = header.clone().or(sample.rows.into_iter().next()).unwrap_or_default();
        let place = |name: &String| {
            names.iter().position(|other| other == name).ok_or_else(|| DataError::MissingColumn {
                path: bytes.path().to_path_buf(),
                column: "time_of_day".to_owned(),
                accepted: name.clone(),
                found: listed(&names),
            })
        };
        let clock = match time_of_day {
            None => Clock::OneCell,
            Some(name) => Clock::Date { time_of_day: Some(place(name)?) },
        };
        Ok(Some(TableShape {
            text: Text::Lines,
            header: if header.is_some() { Header::Absent } else { Header::Present },
            names,
            further: Vec::new(),
            clock,
            price_divisor: 1.0,
            ticks: TickCells::default(),
            time: self.time.clone(),
            facts: Vec::new(),
        }))
    }

    /// Opens a table of ticks: a plain one, or an export.
    pub(crate) fn open_ticks(
        &self,
        bytes: &Bytes,
        layout: &Layout,
        rows: Rows,
    ) -> Result<(OpenTable, Option<Detected>), DataError> {
        let found = match self.format {
            Some(format) => detect(bytes, format, &self.time, rows)?,
            None => None,
        };
        let Some(Found { shape, detected, .. }) = found else { return Ok((self.open(bytes, layout)?, None)) };
        let reader = TimeReader::new(&shape.time, bytes.path())?;
        Ok((OpenTable::open_shaped(bytes, layout, reader, shape)?, Some(detected)))
    }
}

/// Which numbers a cell may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// A price of this domain.
    Price(PriceDomain),
    /// 0 or more.
    AtLeastZero,
    /// More than 0.
    AboveZero,
}

/// Whether two rows may carry the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ties {
    Allowed,
    Refused,
}

/// Checks the rows of one file one after another: numbers in their ranges, time never going back.
#[derive(Debug)]
pub(crate) struct RowChecks {
    path: PathBuf,
    names: Vec<String>,
    further: Vec<String>,
    ts_name: String,
    ties: Ties,
    order: Order,
    previous: Option<Timestamp>,
    pub(crate) bad_rows: BadRows,
}

impl RowChecks {
    pub(crate) fn new(path: PathBuf, resolved: &Resolved, ties: Ties, policy: OnBadRows) -> Self {
        let names =
            resolved.numbers.iter().map(|column| column.as_ref().map(|(_, name)| name.clone()).unwrap_or_default());
        let ts_name = resolved.ts.1.clone();
        let further = resolved.further.iter().map(|(_, name)| name.clone()).collect();
        let order = Order::OldestFirst;
        Self {
            path,
            names: names.collect(),
            further,
            ts_name,
            ties,
            order,
            previous: None,
            bad_rows: BadRows::new(policy),
        }
    }

    /// Goes through a batch: `take` makes something of row `i`, and what it refuses meets the policy for bad rows
    /// in the order of the file.
    pub(crate) fn each(
        &mut self,
        batch: &mut Batch,
        mut take: impl FnMut(&mut Self, &Batch, usize) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let mut refused = std::mem::take(&mut batch.refused).into_iter().peekable();
        for i in 0..batch.rows.len() {
            while let Some(error) = refused.next_if(|error| error.row() < Some(batch.rows[i])) {
                self.bad_rows.meet(error)?;
            }
            if let Err(error) = take(self, batch, i) {
                self.bad_rows.meet(error)?;
            }
        }
        refused.try_for_each(|error| self.bad_rows.meet(error))
    }

    /// The number in a column of row `i`, if it is there and acceptable.
    pub(crate) fn number(&self, batch: &Batch, column: usize, i: usize, accepts: Accepts) -> Result<f64, DataError> {
        let value = batch.number(column, i);
        let (accepted, fits): (&str, fn(f64) -> bool) = match accepts {
            Accepts::Price(PriceDomain::Positive) => {
                ("a price above 0 (declare `price = \"real\"` for spreads and simulated processes)", |v| v > 0.0)
            }
            Accepts::Price(PriceDomain::Real) => ("a finite number", |_| true),
            Accepts::AtLeastZero => ("a number, 0 or more", |v| v >= 0.0),
            Accepts::AboveZero => ("a number above 0", |v| v > 0.0),
        };
        let problem = match value {
            None => "missing",
            Some(value) if !value.is_finite() => "not finite",
            Some(value) if !fits(value) => "out of range",
            Some(value) => return Ok(value),
        };
        Err(DataError::BadValue {
            path: self.path.clone(),
            row: batch.rows[i],
            column: self.names[column].clone(),
            value: value.map(|value| value.to_string()).unwrap_or_default(),
            problem,
            accepted: accepted.to_string(),
        })
    }

    /// The extra columns of row `i`, if every number there can be a feature: models are shown 32-bit numbers, and one
    /// beyond their range would be infinite.
    pub(crate) fn further(&self, batch: &Batch, i: usize) -> Result<Vec<Option<f64>>, DataError> {
        let values: Vec<Option<f64>> = batch.further.iter().map(|column| column[i]).collect();
        let beyond = |value: &f64| f64::from(f32::MAX) < value.abs();
        match values.iter().enumerate().find_map(|(column, value)| value.filter(beyond).map(|value| (column, value))) {
            None => Ok(values),
            Some((column, value)) => Err(DataError::BadValue {
                path: self.path.clone(),
                row: batch.rows[i],
                column: self.further[column].clone(),
                value: format!("{value:e}"),
                problem: "too large for a feature",
                accepted: "a number between -3.4e38 and 3.4e38, or nothing".to_string(),
            }),
        }
    }

    /// Accepts the time of a row if it does not lie before that of the row accepted last; of a file that begins with its
    /// newest row, if it does not lie after it.
    pub(crate) fn in_order(&mut self, row: u64, ts: Timestamp) -> Result<(), DataError> {
        if let Some(previous) = self.previous {
            let relation = match self.ties {
                _ if ts < previous && self.order == Order::OldestFirst => Some("before"),
                _ if previous < ts && self.order == Order::NewestFirst => Some("after"),
                Ties::Refused if ts == previous => Some("at the same time as"),
                Ties::Refused | Ties::Allowed => None,
            };
            if let Some(relation) = relation {
                let (path, column) = (self.path.clone(), self.ts_name.clone());
                return Err(DataError::TimeGoesBack { path, row, column, ts, relation, previous });
            }
        }
        self.previous = Some(ts);
        Ok(())
    }

    /// Says which row is the oldest.
    pub(crate) fn expect(&mut self, order: Order) {
        self.order = order;
    }

    /// Lets the rows follow another file's.
    pub(crate) fn continue_after(&mut self, previous: Option<Timestamp>) {
        self.previous = previous;
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.path.clone()
    }
}
