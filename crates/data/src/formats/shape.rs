//! How an export is laid out, told by its first rows.

use std::borrow::Cow;
use std::fmt;

use crate::length::Length;
use crate::time::{TimeConfig, TimeUnit, stamp_text};

/// A program or vendor whose exports are read as they are.
pub(crate) trait ExportFormat: Sync {
    /// Its name, as `--format` and `format` in a config write it.
    fn name(&self) -> &'static str;

    /// How the file is to be read, if its first rows are of this format.
    fn recognise(&self, sample: &FileSample) -> Option<TableShape>;
}

/// The first rows of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileSample {
    pub(crate) text: Text,
    pub(crate) delimiter: u8,
    /// Some rows at most, the first of which may be a header.
    pub(crate) rows: Vec<Vec<String>>,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// A line each, with separators.
    Lines,
    /// A JSON array of arrays.
    JsonRows,
}

/// Whether the first row names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    Present,
    Absent,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// In one cell, in a form that every reader knows.
    OneCell,
    /// As a date of the forms `2024.01.31`, `2024/01/31` or `20240131`, with the time of day, where there is one, in
    /// another column.
    Date { time_of_day: Option<usize> },
    /// As `2024-01-31D09:30:00.123456789`, in UTC.
    LetterD,
    /// As `20240131 09:30`.
    Compact,
    /// The same where the time of day says nothing: a row is a whole day.
    CompactDay,
}

impl Clock {
    /// The time in a row, as one text that a [`TimeReader`](crate::time::TimeReader) knows; `cell` gives the text of a column
    /// and the time stands in `column`.
    pub(crate) fn text<'a>(self, column: usize, cell: impl Fn(usize) -> Option<Cow<'a, str>>) -> Option<String> {
        let stamp = cell(column)?;
        let compact = || stamp.trim().split_once(' ').unwrap_or((&stamp, ""));
        Some(match self {
            Self::OneCell => stamp.into_owned(),
            Self::LetterD => format!("{}Z", stamp.replacen('D', "T", 1)),
            Self::Date { time_of_day } => stamp_text(&stamp, time_of_day.and_then(&cell).as_deref()),
            Self::Compact => {
                let (date, time) = compact();
                stamp_text(date, Some(&format!("{time}:00")))
            }
            Self::CompactDay => stamp_text(compact().0, None),
        })
    }
}

/// What the cells of trades say beside numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TickCells {
    pub(crate) side: SideWords,
    /// The column that names the market, of which a file must have one alone.
    pub(crate) market: Option<usize>,
}

/// What a cell of the side column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SideWords {
    /// Who crossed the spread.
    #[default]
    Taker,
    /// Whether the buyer rested in the book: `true` is a sale into it.
    BuyerIsMaker,
}

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableShape {
    pub(crate) text: Text,
    pub(crate) header: Header,
    /// The name of each column as readers ask for it: `ts`, `open`, `high`, `low`, `close`, `volume` and others.
    pub(crate) names: Vec<String>,
    /// The others that become columns of the bars.
    pub(crate) further: Vec<String>,
    pub(crate) clock: Clock,
    pub(crate) ticks: TickCells,
    /// What prices are divided by to be in units of the currency.
    pub(crate) price_divisor: f64,
    pub(crate) time: TimeConfig,
    pub(crate) facts: Vec<Fact>,
}

/// Something that was found out about a file, and how it is known.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fact {
    /// What: `bar time`, `zone`, `unit`, `bar length`, `volume`.
    pub what: &'static str,
    /// How it is.
    pub value: String,
    /// `assumed: …`, `proved by …`, or `declared`.
    pub known: String,
}

impl Fact {
    pub(crate) fn new(what: &'static str, value: impl Into<String>, known: impl Into<String>) -> Self {
        Self { what, value: value.into(), known: known.into() }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {} ({})", self.what, self.value, self.known)
    }
}

impl FileSample {
    /// The header's names without blanks around them, if the first row is one: it holds no number.
    pub(crate) fn header(&self) -> Option<Vec<&str>> {
        let first = self.rows.first()?;
        let is_number = |cell: &String| cell.trim().parse::<f64>().is_ok();
        (!first.iter().any(is_number)).then(|| first.iter().map(|cell| cell.trim()).collect())
    }

    /// The rows under the header.
    pub(crate) fn data(&self) -> &[Vec<String>] {
        &self.rows[usize::from(self.header().is_some())..]
    }

    /// The rows as numbers, if there is one at least and all cells of all rows are numbers.
    pub(crate) fn numbers(&self) -> Option<Vec<Vec<f64>>> {
        let rows = self.data().iter().map(|row| row.iter().map(|cell| cell.trim().parse().ok()).collect());
        let rows: Option<Vec<Vec<f64>>> = rows.collect();
        rows.filter(|rows| !rows.is_empty())
    }
}

/// What integers of a time column count, told by the size of the first.
pub(crate) fn unit_of(sample: &FileSample, column: usize) -> Option<TimeUnit> {
    let cell = sample.data().first()?.get(column)?.trim();
    let whole = cell.split('.').next()?;
    whole.parse().ok().and_then(TimeUnit::by_size)
}

/// The commonest distance between times of rows that follow each other, the shorter one of two.
pub(crate) fn commonest(times: &[i64]) -> Option<Length> {
    let mut counts = std::collections::BTreeMap::<i64, usize>::new();
    for pair in times.windows(2) {
        // Some programs write the newest row first.
        *counts.entry(pair[1].saturating_sub(pair[0]).saturating_abs()).or_default() += 1;
    }
    let most = *counts.values().max()?;
    counts.into_iter().find(|(_, count)| *count == most).and_then(|(nanos, _)| Length::from_nanos(nanos))
}
