//! Times of day in the zone of the files.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use scaleout_market::Timestamp;

use super::LeanConfig;
use crate::error::DataError;

/// The hours of one day in its zone.
#[derive(Debug, Clone)]
pub(crate) struct DayClock {
    date: Date,
    zone: TimeZone,
    midnight: i64,
    /// Whether every hour of the day has the same offset.
    uniform: bool,
    /// Milliseconds of the day that count, the last not included.
    session: (i64, i64),
}

const DAY_MILLIS: i64 = 86_400_000;

impl DayClock {
    pub(crate) fn new(date: Date, config: &LeanConfig) -> Result<Self, DataError> {
        let zone = TimeZone::get(&config.zone).map_err(|_| {
            DataError::config(
                "lean.zone",
                format!("`{}` is not a known zone", config.zone),
                "an IANA name, for example `America/New_York`",
            )
        })?;
        let clock = Self {
            date,
            zone,
            midnight: 0,
            uniform: false,
            session: config.session.map_or((0, DAY_MILLIS), super::Session::millis),
        };
        let (start, end) = (clock.wall(0)?, clock.wall(DAY_MILLIS)?);
        Ok(Self { midnight: start, uniform: end - start == DAY_MILLIS * 1_000_000, ..clock })
    }

    /// The moment `millis` after midnight by the clock on the wall.
    pub(crate) fn moment(&self, millis: i64) -> Result<Timestamp, DataError> {
        let nanos = if self.uniform { self.midnight + millis * 1_000_000 } else { self.wall(millis)? };
        Ok(Timestamp::from_nanos(nanos))
    }

    /// Whether that moment lies before, in or after the session.
    pub(crate) fn part(&self, millis: i64) -> Part {
        let (from, to) = self.session;
        if millis < from {
            Part::Before
        } else if millis < to {
            Part::In
        } else {
            Part::After
        }
    }

    fn wall(&self, millis: i64) -> Result<i64, DataError> {
        let local = self.date.at(0, 0, 0, 0).saturating_add(jiff::SignedDuration::from_millis(millis));
        let nanos = self.zone.to_timestamp(local).ok().and_then(|moment| i64::try_from(moment.as_nanosecond()).ok());
        nanos.ok_or_else(|| {
            DataError::config("lean.from", format!("{} is out of range", self.date), "a day between 1678 and 2262")
        })
    }
}

/// Where a moment lies in the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Before,
    In,
    After,
}
