//! A time of day at a place.

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::Timestamp;

/// A time of day at a place, as `{ time = "15:55", zone = "America/New_York" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct DailyTime {
    time: Time,
    zone: TimeZone,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    time: String,
    zone: String,
}

impl DailyTime {
    /// The moment at which it is this time there on the date that `ts` has there.
    ///
    /// ```
    /// use scaleout_market::{DailyTime, Timestamp};
    /// let close: DailyTime = toml::from_str("time = '16:00'\nzone = 'America/New_York'").unwrap();
    /// let evening = Timestamp::from_secs(1_718_661_600); // 2024-06-17 22:00 UTC, 18:00 in New York
    /// assert_eq!(close.on_date_of(evening).to_string(), "2024-06-17T20:00:00Z");
    /// ```
    pub fn on_date_of(&self, ts: Timestamp) -> Timestamp {
        self.moment(self.date(ts))
    }

    /// The last moment at or before `ts` at which it is this time there.
    pub fn last_until(&self, ts: Timestamp) -> Timestamp {
        let mut date = self.date(ts);
        loop {
            let moment = self.moment(date);
            if moment <= ts {
                return moment;
            }
            let Ok(yesterday) = date.yesterday() else { return Timestamp::from_nanos(i64::MIN) };
            date = yesterday;
        }
    }

    fn date(&self, ts: Timestamp) -> Date {
        let moment = jiff::Timestamp::from_nanosecond(i128::from(ts.nanos()))
            .expect("Invariant: every i64 nanosecond lies inside jiff's range");
        self.zone.to_datetime(moment).date()
    }

    fn moment(&self, date: Date) -> Timestamp {
        let there = self.zone.to_ambiguous_timestamp(date.to_datetime(self.time)).compatible();
        let nanos = there.ok().and_then(|there| i64::try_from(there.as_nanosecond()).ok()).unwrap_or(i64::MAX);
        Timestamp::from_nanos(nanos)
    }

    /// The first moment after `ts` at which it is this time there; where the clocks jump over it, right after the jump.
    ///
    /// ```
    /// use scaleout_market::{DailyTime, Timestamp};
    /// let close: DailyTime = toml::from_str("time = '16:00'\nzone = 'America/New_York'").unwrap();
    /// let noon = Timestamp::from_secs(1_718_640_000); // 2024-06-17 16:00 UTC, noon in New York
    /// assert_eq!(close.next_after(noon).to_string(), "2024-06-17T20:00:00Z");
    /// assert_eq!(close.next_after(close.next_after(noon)).to_string(), "2024-06-18T20:00:00Z");
    /// ```
    pub fn next_after(&self, ts: Timestamp) -> Timestamp {
        let mut date = self.date(ts);
        loop {
            let moment = self.moment(date);
            if ts < moment {
                return moment;
            }
            let Ok(tomorrow) = date.tomorrow() else { return Timestamp::from_nanos(i64::MAX) };
            date = tomorrow;
        }
    }
}

impl<'de> Deserialize<'de> for DailyTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { time, zone } = Written::deserialize(deserializer)?;
        let parsed = time.parse().map_err(|_| D::Error::custom(format!("time = \"{time}\" must be as \"15:55\"")))?;
        let found = TimeZone::get(&zone)
            .map_err(|_| D::Error::custom(format!("zone = \"{zone}\" must be as \"America/New_York\" or \"UTC\"")))?;
        Ok(Self { time: parsed, zone: found })
    }
}

impl Serialize for DailyTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let zone = self.zone.iana_name().expect("Invariant: the zone was found by its name").to_owned();
        Written { time: self.time.to_string(), zone }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::DailyTime;
    use crate::Timestamp;

    fn read(time: &str, zone: &str) -> Result<DailyTime, toml::de::Error> {
        toml::from_str(&format!("time = \"{time}\"\nzone = \"{zone}\""))
    }

    #[test]
    fn the_next_moment_follows_the_clocks_of_the_place() {
        let close = read("15:55", "America/New_York").unwrap();
        let after = |secs: i64| close.next_after(Timestamp::from_secs(secs)).to_string();
        // 2024-03-08 12:00 UTC is winter in New York, two days later it is summer.
        assert_eq!(after(1_709_899_200), "2024-03-08T20:55:00Z");
        assert_eq!(after(1_709_899_200 + 2 * 86_400), "2024-03-10T19:55:00Z");
        // At the moment itself the next one is a day away.
        assert_eq!(after(1_709_931_300), "2024-03-09T20:55:00Z");
        let until = |secs: i64| close.last_until(Timestamp::from_secs(secs)).to_string();
        assert_eq!(until(1_709_931_299), "2024-03-07T20:55:00Z");
        assert_eq!(until(1_709_931_300), "2024-03-08T20:55:00Z");
        assert_eq!(until(1_709_931_300 + 2 * 86_400), "2024-03-10T19:55:00Z");
    }

    #[test]
    fn what_is_no_time_or_place_is_refused() {
        let told = |time, zone| read(time, zone).unwrap_err().to_string();
        assert!(told("25:00", "UTC").contains("time = \"25:00\" must be as \"15:55\""));
        assert!(told("15:55", "Wall Street").contains("zone = \"Wall Street\" must be as \"America/New_York\""));
        let written = read("15:55", "Europe/Berlin").unwrap();
        assert_eq!(toml::from_str::<DailyTime>(&toml::to_string(&written).unwrap()).unwrap(), written);
    }
}
