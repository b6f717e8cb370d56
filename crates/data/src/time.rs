//! How the times of a file become UTC nanoseconds.
//!
//! Assumed: an integer without a declared unit is told by its size, which is safe from 1973 on; a local time that
//! a clock change makes ambiguous is the earlier of the two. A date without a time of day stands for the whole
//! day and is known at its end, which errs on the late side.

use std::path::Path;

use jiff::civil;
use jiff::tz::TimeZone;
use scaleout_market::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::error::{DataError, UNDECLARED_ZONE, shown, shown_path};
use crate::length::Length;

/// What an integer time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds since 1970.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
}

/// Which end of a bar its time names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BarTime {
    /// The moment the bar closed and became known.
    #[default]
    Close,
    /// The moment the bar began; `bar_length` says when it closes.
    Open,
}

/// How times are written in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeConfig {
    /// What integer times count; without it the size of the number tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<TimeUnit>,
    /// IANA name of the zone of times that carry no offset (`UTC`, `America/New_York`).
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "known_zone_if_any")]
    pub zone: Option<String>,
    /// Which end of a bar its time names.
    pub bar_time: BarTime,
    /// The same against the convention of an export (`format = "yahoo"` and others).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamped: Option<BarTime>,
    /// The length of a bar: needed if times name the open; otherwise the commonest distance between closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bar_length: Option<Length>,
}

impl TimeUnit {
    pub(crate) const fn nanos(self) -> i64 {
        match self {
            Self::S => 1_000_000_000,
            Self::Ms => 1_000_000,
            Self::Us => 1_000,
            Self::Ns => 1,
        }
    }

    /// The unit as people write it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::Ms => "ms",
            Self::Us => "us",
            Self::Ns => "ns",
        }
    }

    /// Undeclared numbers below 10⁸ are refused: as seconds they lie before 1973, and `20240102` is a date.
    pub(crate) const fn by_size(value: i64) -> Option<Self> {
        match value.unsigned_abs() {
            0..100_000_000 => None,
            100_000_000..100_000_000_000 => Some(Self::S),
            100_000_000_000..100_000_000_000_000 => Some(Self::Ms),
            100_000_000_000_000..100_000_000_000_000_000 => Some(Self::Us),
            _ => Some(Self::Ns),
        }
    }
}

impl TimeConfig {
    /// Which end of a bar its time names, all told.
    pub(crate) fn bar_end(&self) -> BarTime {
        self.stamped.unwrap_or(self.bar_time)
    }
}

/// The zones that are accepted.
const ZONES: &str = "an IANA name, for example `UTC` or `America/New_York`";

/// The name of a zone in a config, refused where it stands if there is no such zone.
pub(crate) fn known_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    match TimeZone::get(&name) {
        Ok(_) => Ok(name),
        Err(_) => Err(D::Error::custom(format!("zone = \"{}\" is not a known zone; accepted: {ZONES}", shown(&name)))),
    }
}

/// The same where a zone may be left out.
fn known_zone_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    known_zone(deserializer).map(Some)
}

/// A date of the forms `2024.01.31`, `2024/01/31` or `20240131` and a time of day as `09:30`, `09:30:00`, `0930` or
/// `093000`, as one text that a [`TimeReader`] knows; what is of another form stays as it is and is refused there.
pub(crate) fn stamp_text(date: &str, time_of_day: Option<&str>) -> String {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let date = date.trim();
    let date = match date.len() {
        8 if is_digits(date) => format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]),
        _ => date.replace(['.', '/'], "-"),
    };
    let Some(time) = time_of_day.map(str::trim).filter(|time| !time.is_empty()) else { return date };
    match time.len() {
        4 if is_digits(time) => format!("{date} {}:{}:00", &time[..2], &time[2..]),
        6 if is_digits(time) => format!("{date} {}:{}:{}", &time[..2], &time[2..4], &time[4..]),
        _ => format!("{date} {time}"),
    }
}

/// A time as it stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    Moment(Timestamp),
    /// A whole day, from its first moment to the first of the next.
    Day(Timestamp, Timestamp),
}

impl Stamp {
    /// When a fact with this time is known: at the end of a day that has no time of day.
    pub(crate) fn known_at(self) -> Timestamp {
        match self {
            Self::Moment(ts) | Self::Day(_, ts) => ts,
        }
    }
}

/// Reads the times of one file.
#[derive(Debug, Clone)]
pub(crate) struct TimeReader {
    unit: Option<TimeUnit>,
    zone: Option<TimeZone>,
}

/// Why a text is no time, and what would be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoTime {
    pub(crate) problem: &'static str,
    pub(crate) accepted: &'static str,
}

const FORMS: NoTime = NoTime {
    problem: "not a time",
    accepted: "an integer (s, ms, us or ns since 1970), 2024-01-31T09:30:00Z, or 2024-01-31[ 09:30:00[.123]] with a declared zone",
};
const NO_ZONE: NoTime = NoTime {
    problem: UNDECLARED_ZONE,
    accepted: "a declared `zone`, for example zone = \"UTC\" or zone = \"America/New_York\"",
};
const NO_UNIT: NoTime = NoTime {
    problem: "a number whose unit cannot be told from its size",
    accepted: "a declared `unit`: s, ms, us or ns",
};
pub(crate) const OUT_OF_RANGE: NoTime = NoTime { problem: "out of range", accepted: "a time between 1678 and 2262" };

impl TimeReader {
    pub(crate) fn new(config: &TimeConfig, path: &Path) -> Result<Self, DataError> {
        let zone = match &config.zone {
            None => None,
            Some(name) => Some(TimeZone::get(name).map_err(|_| {
                DataError::config("time.zone", format!("`{name}` ({}) is not a known zone", shown_path(path)), ZONES)
            })?),
        };
        Ok(Self { unit: config.unit, zone })
    }

    /// The time written as `text`.
    pub(crate) fn text(&self, text: &str) -> Result<Stamp, NoTime> {
        let text = text.trim();
        if text.len() < 4 || text.as_bytes()[1..].iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
            return self.decimal(text).map(Stamp::Moment);
        }
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return nanos(moment).map(Stamp::Moment);
        }
        if text.len() <= 10 {
            let date: civil::Date = text.parse().map_err(|_| FORMS)?;
            return self.day(date);
        }
        let local: civil::DateTime = text.parse().map_err(|_| FORMS)?;
        self.local(local).map(Stamp::Moment)
    }

    /// Lets the unit of a file be that of its first number: one in another unit is out of range or out of order.
    pub(crate) fn settle(&mut self, text: &str) {
        if self.unit.is_none() {
            let whole = text.trim().split('.').next().unwrap_or_default();
            if let Ok(value) = whole.parse() {
                self.settle_by(value);
            }
        }
    }

    /// The same for a number.
    pub(crate) fn settle_by(&mut self, value: i64) {
        self.unit = self.unit.or(TimeUnit::by_size(value));
    }

    /// The time of a number in the declared unit, or in the one its size suggests.
    pub(crate) fn integer(&self, value: i64) -> Result<Timestamp, NoTime> {
        let unit = self.unit.or(TimeUnit::by_size(value)).ok_or(NO_UNIT)?;
        value.checked_mul(unit.nanos()).map(Timestamp::from_nanos).ok_or(OUT_OF_RANGE)
    }

    /// A wall-clock time, given as nanoseconds since a local 1970, in the declared zone.
    pub(crate) fn local_nanos(&self, value: i64) -> Result<Timestamp, NoTime> {
        let zone = self.zone.as_ref().ok_or(NO_ZONE)?;
        if *zone == TimeZone::UTC {
            return Ok(Timestamp::from_nanos(value));
        }
        let local = jiff::Timestamp::from_nanosecond(i128::from(value)).map_err(|_| OUT_OF_RANGE)?;
        self.local(TimeZone::UTC.to_datetime(local))
    }

    /// A whole day, given as days since 1970.
    pub(crate) fn day_number(&self, days: i32) -> Result<Stamp, NoTime> {
        let epoch = civil::date(1970, 1, 1);
        let date = epoch.checked_add(jiff::Span::new().try_days(days).map_err(|_| OUT_OF_RANGE)?);
        self.day(date.map_err(|_| OUT_OF_RANGE)?)
    }

    fn day(&self, date: civil::Date) -> Result<Stamp, NoTime> {
        let tomorrow = date.tomorrow().map_err(|_| OUT_OF_RANGE)?;
        Ok(Stamp::Day(
            self.local(date.to_datetime(civil::Time::midnight()))?,
            self.local(tomorrow.to_datetime(civil::Time::midnight()))?,
        ))
    }

    fn local(&self, local: civil::DateTime) -> Result<Timestamp, NoTime> {
        let zone = self.zone.as_ref().ok_or(NO_ZONE)?;
        nanos(zone.to_timestamp(local).map_err(|_| OUT_OF_RANGE)?)
    }

    /// `1378072800` or `1378072800.083`: digits after the point are exact down to a nanosecond.
    fn decimal(&self, text: &str) -> Result<Timestamp, NoTime> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let value: i64 = whole.parse().map_err(|_| FORMS)?;
        let base = self.integer(value)?;
        if decimals.is_empty() {
            return Ok(base);
        }
        let unit = self.unit.or(TimeUnit::by_size(value)).ok_or(NO_UNIT)?;
        let mut digit_nanos = unit.nanos();
        let mut extra = 0;
        for digit in decimals.bytes().map(|byte| i64::from(byte.wrapping_sub(b'0'))) {
            if !(0..=9).contains(&digit) {
                return Err(FORMS);
            }
            digit_nanos /= 10;
            extra += digit * digit_nanos;
        }
        let extra = if whole.starts_with('-') { -extra } else { extra };
        base.nanos().checked_add(extra).map(Timestamp::from_nanos).ok_or(OUT_OF_RANGE)
    }
}

fn nanos(moment: jiff::Timestamp) -> Result<Timestamp, NoTime> {
    i64::try_from(moment.as_nanosecond()).map(Timestamp::from_nanos).map_err(|_| OUT_OF_RANGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(unit: Option<TimeUnit>, zone: Option<&str>, text: &str, expected: &str) {
        let config = TimeConfig { unit, zone: zone.map(String::from), ..TimeConfig::default() };
        let reader = TimeReader::new(&config, Path::new("x.csv")).unwrap();
        let found = match reader.text(text) {
            Ok(Stamp::Moment(ts)) => ts.to_string(),
            Ok(Stamp::Day(start, end)) => format!("{start}..{end}"),
            Err(no_time) => no_time.problem.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn times_are_read_as_written() {
        check(None, None, "1378072800", "2013-09-01T22:00:00Z");
        check(None, None, "1378072800083", "2013-09-01T22:00:00.083Z");
        check(None, None, "1378072800083001", "2013-09-01T22:00:00.083001Z");
        check(None, None, "1378072800083001002", "2013-09-01T22:00:00.083001002Z");
        check(None, None, "1378072800.083", "2013-09-01T22:00:00.083Z");
        check(Some(TimeUnit::S), None, "60", "1970-01-01T00:01:00Z");
        check(Some(TimeUnit::S), None, "-1.25", "1969-12-31T23:59:58.75Z");
        check(Some(TimeUnit::Ms), None, "0", "1970-01-01T00:00:00Z");
        check(None, None, "2013-09-01T22:00:00Z", "2013-09-01T22:00:00Z");
        check(None, None, "2013-09-01T17:00:00-05:00", "2013-09-01T22:00:00Z");
        check(None, None, "2013-09-01 17:00:00-05:00", "2013-09-01T22:00:00Z");
        check(None, Some("America/Chicago"), "2013-09-01 17:00:00.083", "2013-09-01T22:00:00.083Z");
        check(None, Some("UTC"), "2013-09-01 17:00", "2013-09-01T17:00:00Z");
        check(None, Some("UTC"), "2013-09-01", "2013-09-01T00:00:00Z..2013-09-02T00:00:00Z");
        check(None, Some("America/New_York"), "2013-11-03", "2013-11-03T04:00:00Z..2013-11-04T05:00:00Z");
    }

    #[test]
    fn what_is_no_time_says_why() {
        check(None, None, "2013-09-01 17:00:00", "a local time in an undeclared zone");
        check(None, None, "2013-09-01", "a local time in an undeclared zone");
        check(None, None, "20130901", "a number whose unit cannot be told from its size");
        check(None, None, "yesterday", "not a time");
        check(None, None, "", "not a time");
        check(None, None, "é", "not a time");
        check(Some(TimeUnit::S), None, "1.2.3", "not a time");
        check(None, Some("UTC"), "2013-13-01 17:00:00", "not a time");
        check(Some(TimeUnit::S), None, "9223372036854775807", "out of range");
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        let config = TimeConfig { zone: Some("Chicago".into()), ..TimeConfig::default() };
        let message = TimeReader::new(&config, Path::new("x.csv")).unwrap_err().to_string();
        assert_eq!(
            message,
            "data.time.zone: `Chicago` (x.csv) is not a known zone; accepted: an IANA name, for example `UTC` or `America/New_York`"
        );
        let told = toml::from_str::<TimeConfig>("unit = \"ms\"\nzone = \"Chicago\"").unwrap_err();
        assert_eq!(
            told.message(),
            "zone = \"Chicago\" is not a known zone; accepted: an IANA name, for example `UTC` or `America/New_York`"
        );
        assert_eq!(told.span(), Some(19..28));
    }
}
