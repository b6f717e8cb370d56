//! What an open position pays over time.

use serde::{Deserialize, Serialize};

use crate::checked::deserialise_checked;
use crate::{OutOfRange, Side, Timestamp};

deserialise_checked!(Carry, Funding, Dividend);

/// What an open position pays over time, per unit of quantity; all parts add up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct Carry {
    /// Share of the notional that a long pays per year of 365 days (broker financing); negative if it earns.
    pub long_rate_per_year: f64,
    /// Share of the notional that a short pays per year of 365 days (borrow fee); negative if it earns.
    pub short_rate_per_year: f64,
    /// Periodic payment between longs and shorts, as on perpetual swaps.
    pub funding: Option<Funding>,
    /// Dividends: a long receives them, a short pays them. Leave empty where prices are already adjusted.
    pub dividends: Vec<Dividend>,
}

/// A payment of longs to shorts at every multiple of `interval_hours` since midnight UTC on 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Funding {
    /// Share of the notional that a long pays and a short receives at each date; the reverse if negative.
    pub rate: f64,
    /// Hours between payments; above 0.
    pub interval_hours: f64,
}

/// A dividend per unit of quantity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Dividend {
    /// The ex-date: who holds over this moment is affected. Written `2024-05-10` (midnight in UTC) or as RFC 3339.
    #[serde(with = "ex_date")]
    pub ex_ts: Timestamp,
    /// Points of price per unit of quantity; above 0.
    pub amount: f64,
}

/// A moment as people write it: a date or RFC 3339.
mod ex_date {
    use jiff::{civil::Date, tz::TimeZone};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Timestamp;

    pub(super) fn serialize<S: Serializer>(ts: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(ts)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = text.parse::<jiff::Timestamp>().ok().or_else(|| {
            let date: Date = text.parse().ok()?;
            TimeZone::UTC.to_ambiguous_timestamp(date.into()).unambiguous().ok()
        });
        let nanos = moment.and_then(|moment| i64::try_from(moment.as_nanosecond()).ok());
        nanos.map(Timestamp::from_nanos).ok_or_else(|| {
            D::Error::custom(format!(
                "ex_ts = \"{text}\" must be a date as \"2024-05-10\" or a time as \"2024-05-10T13:30:00Z\""
            ))
        })
    }
}

impl Funding {
    /// The payment itself, if its rate is a share between −10 and 10 and its interval is above 0.
    ///
    /// # Errors
    /// If one is not.
    pub fn checked(self) -> Result<Self, OutOfRange> {
        rate("carry.funding.rate", self.rate)?;
        OutOfRange::above_zero("carry.funding.interval_hours", self.interval_hours)?;
        Ok(self)
    }
}

impl Dividend {
    /// The dividend itself, if its amount is above 0.
    ///
    /// # Errors
    /// If it is not.
    pub fn checked(self) -> Result<Self, OutOfRange> {
        OutOfRange::above_zero(&format!("carry.dividends ({}): amount", self.ex_ts), self.amount)?;
        Ok(self)
    }
}

fn rate(field: &str, value: f64) -> Result<(), OutOfRange> {
    OutOfRange::check(field, value, (-10.0..=10.0).contains(&value), "a share between -10 and 10")
}

impl Carry {
    /// Whether nothing is ever paid.
    pub fn is_free(&self) -> bool {
        self.long_rate_per_year == 0.0
            && self.short_rate_per_year == 0.0
            && self.funding.is_none()
            && self.dividends.is_empty()
    }

    /// Points of price that one unit held at `price` from `from` (exclusive) to `to` (inclusive) pays; a gain if
    /// negative.
    ///
    /// ```
    /// use scaleout_market::{Carry, Funding, Side, Timestamp};
    /// let funding = Funding { rate: 0.0001, interval_hours: 8.0 };
    /// let carry = Carry { funding: Some(funding), ..Carry::default() };
    /// let day = |side| carry.paid(side, 50_000.0, Timestamp::from_secs(0), Timestamp::from_secs(86_400));
    /// assert!((day(Side::Long) - 15.0).abs() < 1e-9 && (day(Side::Short) + 15.0).abs() < 1e-9);
    /// ```
    pub fn paid(&self, side: Side, price: f64, from: Timestamp, to: Timestamp) -> f64 {
        let years = to.seconds_since(from) / (365.0 * 86_400.0);
        let rate_per_year = match side {
            Side::Long => self.long_rate_per_year,
            Side::Short => self.short_rate_per_year,
        };
        let financing = rate_per_year * price.abs() * years;
        let funding = self.funding.map_or(0.0, |funding| {
            let interval_ns = funding.interval_hours * 3.6e12;
            let dates = (to.nanos() as f64 / interval_ns).floor() - (from.nanos() as f64 / interval_ns).floor();
            side.sign() * funding.rate * price.abs() * dates
        });
        let dividends: f64 = self
            .dividends
            .iter()
            .filter(|dividend| from < dividend.ex_ts && dividend.ex_ts <= to)
            .map(|dividend| side.sign() * dividend.amount)
            .sum();
        financing + funding - dividends
    }

    /// The carry itself, if its rates are shares between −10 and 10 and its parts are valid.
    ///
    /// # Errors
    /// If one is not.
    pub fn checked(self) -> Result<Self, OutOfRange> {
        rate("carry.long_rate_per_year", self.long_rate_per_year)?;
        rate("carry.short_rate_per_year", self.short_rate_per_year)?;
        self.funding.map(Funding::checked).transpose()?;
        self.dividends.iter().try_for_each(|dividend| dividend.checked().map(|_| ()))?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Carry, Dividend};
    use crate::{Side, Timestamp};

    const DAY: i64 = 86_400;

    fn day(carry: &Carry, side: Side, number: i64) -> f64 {
        carry.paid(side, 200.0, Timestamp::from_secs(number * DAY), Timestamp::from_secs((number + 1) * DAY))
    }

    #[test]
    fn a_short_pays_the_dividend_that_a_long_receives() {
        let dividend = Dividend { ex_ts: Timestamp::from_secs(2 * DAY), amount: 1.5 };
        let carry = Carry { dividends: vec![dividend], ..Carry::default() };
        // Held over the ex-date, which belongs to the day that it ends.
        let paid = |side| [0, 1, 2].map(|number| day(&carry, side, number));
        assert_eq!(paid(Side::Short), [0.0, 1.5, 0.0]);
        assert_eq!(paid(Side::Long), [0.0, -1.5, 0.0]);
    }

    #[test]
    fn each_side_pays_its_own_rate_on_the_notional() {
        let carry = Carry { long_rate_per_year: 0.0365, short_rate_per_year: 0.073, ..Carry::default() };
        // 200 points at 3.65 and 7.3 percent for a day of 365.
        assert!((day(&carry, Side::Long, 0) - 0.02).abs() < 1e-12);
        assert!((day(&carry, Side::Short, 0) - 0.04).abs() < 1e-12);
    }

    #[test]
    fn an_ex_date_is_written_as_people_write_it() {
        let read = |ex_ts: &str| toml::from_str::<Dividend>(&format!("amount = 1.5\nex_ts = \"{ex_ts}\""));
        assert_eq!(read("1970-01-03").unwrap().ex_ts, Timestamp::from_secs(2 * DAY));
        let dividend = read("1970-01-03T14:30:00+01:00").unwrap();
        assert_eq!(dividend.ex_ts, Timestamp::from_secs(2 * DAY + 48_600));
        assert_eq!(toml::from_str::<Dividend>(&toml::to_string(&dividend).unwrap()).unwrap(), dividend);
        assert!(read("in May").unwrap_err().to_string().contains("must be a date as \"2024-05-10\""));
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        let told = |carry: &str| toml::from_str::<Carry>(carry).unwrap_err().to_string();
        assert!(told("long_rate_per_year = 11").contains("carry.long_rate_per_year = 11 must be a share between"));
        assert!(told("short_rate_per_year = nan").contains("carry.short_rate_per_year = NaN must be a share between"));
        let funding = told("funding = { rate = 0, interval_hours = 0 }");
        assert!(funding.contains("carry.funding.interval_hours = 0 must be a finite number above 0"), "{funding}");
        let dividend = told("dividends = [{ ex_ts = \"2024-05-10\", amount = -1 }]");
        assert!(dividend.contains("carry.dividends (2024-05-10T00:00:00Z): amount = -1 must be"), "{dividend}");
    }
}
