//! Facts that several formats state in the same words.

use std::borrow::Cow;

use super::shape::{Clock, Fact, FileSample, commonest};
use crate::length::Length;
use crate::time::{BarTime, TimeConfig, TimeReader};

/// How times of a format are read where nothing in the file says more: each names the open of its bar, a local time is
/// one of `zone`, and the length of a bar is the commonest distance between rows.
pub(crate) fn opens(
    sample: &FileSample,
    column: usize,
    clock: Clock,
    unit: Option<crate::time::TimeUnit>,
    zone: Option<(&str, &str)>,
) -> (TimeConfig, Vec<Fact>) {
    let mut time = TimeConfig { unit, zone: zone.map(|(zone, _)| zone.to_owned()), ..TimeConfig::default() };
    time.bar_time = BarTime::Open;
    time.bar_length = distance(sample, column, clock, &time);
    let mut facts = Vec::new();
    if let Some(unit) = unit {
        facts.push(Fact::new("unit", unit.word(), "told by the size of the first number"));
    }
    if let Some((zone, why)) = zone {
        facts.push(Fact::new("zone", zone, format!("assumed: {why}")));
    }
    facts.push(Fact::new("bar time", "open", "assumed: the convention of the format"));
    if let Some(length) = time.bar_length {
        facts.push(Fact::new("bar length", length.to_string(), "the commonest distance between the first rows"));
    }
    (time, facts)
}

fn distance(sample: &FileSample, column: usize, clock: Clock, time: &TimeConfig) -> Option<Length> {
    commonest(&times(sample, column, clock, time)?)
}

/// The times of the rows, if all can be read.
pub(crate) fn times(sample: &FileSample, column: usize, clock: Clock, time: &TimeConfig) -> Option<Vec<i64>> {
    let reader = TimeReader::new(time, std::path::Path::new("")).ok()?;
    let times = sample.data().iter().map(|row| {
        let text = clock.text(column, |place| row.get(place).map(|cell| Cow::Borrowed(cell.as_str())))?;
        Some(reader.text(&text).ok()?.known_at().nanos())
    });
    times.collect()
}
