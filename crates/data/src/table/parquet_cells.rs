//! Columns of a Parquet file as the values that rows need.

use polars::prelude::{DataType, PolarsResult, Series, TimeUnit};
use scaleout_market::{Aggressor, Timestamp};

use super::side::{SIDES, aggressor};
use crate::time::{NoTime, OUT_OF_RANGE, Stamp, TimeReader};

/// Values row by row, and the rows whose value could not be read; there the value is a stand-in.
pub(crate) struct Cells<T> {
    pub(crate) values: Vec<T>,
    pub(crate) bad: Vec<(usize, BadCell)>,
}

/// A value as it stands in the file, and why it cannot be read.
pub(crate) struct BadCell {
    pub(crate) value: String,
    pub(crate) problem: &'static str,
    pub(crate) accepted: &'static str,
}

/// Why a column cannot be read at all.
pub(crate) enum BadColumn {
    /// It holds another type; what would be accepted.
    Type(&'static str),
    Polars(polars::prelude::PolarsError),
}

impl From<polars::prelude::PolarsError> for BadColumn {
    fn from(error: polars::prelude::PolarsError) -> Self {
        Self::Polars(error)
    }
}

/// Whether a column holds numbers.
pub(crate) fn is_number(data_type: &DataType) -> bool {
    data_type.is_primitive_numeric() || data_type.is_bool()
}

/// The numbers of a column; NaN is none.
pub(crate) fn numbers(series: &Series) -> Result<Vec<Option<f64>>, BadColumn> {
    if !is_number(series.dtype()) {
        return Err(BadColumn::Type("numbers"));
    }
    let cast = series.cast(&DataType::Float64)?;
    let values = cast.f64()?;
    Ok(match values.cont_slice() {
        Ok(values) => values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect(),
        Err(_) => values.iter().map(|value| value.filter(|value| !value.is_nan())).collect(),
    })
}

/// The sides of a column of words, or of +1 and −1.
pub(crate) fn sides(series: &Series) -> Result<Cells<Option<Aggressor>>, BadColumn> {
    if let Ok(texts) = series.str() {
        return Ok(cells(texts.iter(), None, |text| {
            let text = text.unwrap_or_default();
            aggressor(text).ok_or_else(|| BadCell { value: text.to_owned(), problem: "not a side", accepted: SIDES })
        }));
    }
    Ok(cells(numbers(series)?.into_iter(), None, |value| match value {
        None => Ok(None),
        Some(1.0) => Ok(Some(Aggressor::Buy)),
        Some(-1.0) => Ok(Some(Aggressor::Sell)),
        Some(other) => Err(BadCell { value: other.to_string(), problem: "not a side", accepted: SIDES }),
    }))
}

/// The first value of a column of integers, if there is one.
pub(crate) fn first_integer(series: &Series) -> PolarsResult<Option<i64>> {
    if !series.dtype().is_integer() {
        return Ok(None);
    }
    let values = integers(series)?;
    Ok(values.i64()?.iter().flatten().next())
}

/// The texts of a column; empty where there is none.
pub(crate) fn texts(series: &Series) -> Result<Vec<Box<str>>, BadColumn> {
    let series =
        if matches!(series.dtype(), DataType::Categorical(..)) { &series.cast(&DataType::String)? } else { series };
    let Ok(texts) = series.str() else { return Err(BadColumn::Type("text")) };
    Ok(texts.iter().map(|text| text.unwrap_or_default().trim().into()).collect())
}

/// The times of a column of text, dates, datetimes or integers.
pub(crate) fn stamps(series: &Series, time: &TimeReader) -> Result<Cells<Stamp>, BadColumn> {
    const NONE: Stamp = Stamp::Moment(Timestamp::from_nanos(0));
    if let Ok(texts) = series.str() {
        return Ok(cells(texts.iter(), NONE, |text| read(text, |text| time.text(text))));
    }
    let physical = series.to_physical_repr();
    if series.dtype() == &DataType::Date {
        return Ok(cells(physical.i32()?.iter(), NONE, |day| read(day, |day| time.day_number(day))));
    }
    let moment = match series.dtype() {
        DataType::Datetime(unit, Some(_)) => Moment::Utc(nanos_per(unit)),
        DataType::Datetime(unit, None) => Moment::Local(nanos_per(unit)),
        integers if integers.is_integer() => Moment::Counted,
        _ => return Err(BadColumn::Type("integers, dates, datetimes or text")),
    };
    let of = |value: i64| moment.read(value, time).map(Stamp::Moment);
    let integers = integers(&physical)?;
    let integers = integers.i64()?;
    Ok(match integers.cont_slice() {
        Ok(values) => cells(values.iter(), NONE, |value| read(Some(*value), of)),
        Err(_) => cells(integers.iter(), NONE, |value| read(value, of)),
    })
}

/// What an integer of a time column says.
#[derive(Clone, Copy)]
enum Moment {
    /// A count of these nanoseconds in UTC.
    Utc(i64),
    /// The same by a clock on the wall.
    Local(i64),
    /// A count in the declared unit, or in the one its size suggests.
    Counted,
}

impl Moment {
    fn read(self, value: i64, time: &TimeReader) -> Result<Timestamp, NoTime> {
        match self {
            Self::Utc(factor) => value.checked_mul(factor).map(Timestamp::from_nanos).ok_or(OUT_OF_RANGE),
            Self::Local(factor) => time.local_nanos(value.checked_mul(factor).ok_or(OUT_OF_RANGE)?),
            Self::Counted => time.integer(value),
        }
    }
}

const fn nanos_per(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => 1,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1_000_000,
    }
}

fn integers(series: &Series) -> PolarsResult<Series> {
    series.cast(&DataType::Int64)
}

fn read<T: ToString + Clone>(value: Option<T>, of: impl Fn(T) -> Result<Stamp, NoTime>) -> Result<Stamp, BadCell> {
    let Some(value) = value else {
        return Err(BadCell { value: String::new(), problem: "missing", accepted: "a time in every row" });
    };
    of(value.clone()).map_err(|no_time| BadCell {
        value: value.to_string(),
        problem: no_time.problem,
        accepted: no_time.accepted,
    })
}

fn cells<I, T: Copy>(raw: impl Iterator<Item = I>, stand_in: T, read: impl Fn(I) -> Result<T, BadCell>) -> Cells<T> {
    let mut bad = Vec::new();
    let values = raw.enumerate().map(|(row, value)| match read(value) {
        Ok(value) => value,
        Err(cell) => {
            bad.push((row, cell));
            stand_in
        }
    });
    Cells { values: values.collect(), bad }
}
