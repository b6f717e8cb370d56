use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Side, Timestamp};

/// What an open position pays over time, per unit of quantity; all parts add up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
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
#[serde(deny_unknown_fields)]
pub struct Funding {
    /// Share of the notional that a long pays and a short receives at each date; the reverse if negative.
    pub rate: f64,
    /// Hours between payments; above 0.
    pub interval_hours: f64,
}

/// A dividend per unit of quantity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dividend {
    /// The ex-date: who holds over this moment is affected.
    pub ex_ts: Timestamp,
    /// Points of price per unit of quantity; above 0.
    pub amount: f64,
}

/// Why a carry cannot exist.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum CarryError {
    /// A rate is not a finite share between −10 and 10.
    #[error("carry.{field} = {value} must be a share between -10 and 10")]
    Rate {
        /// Which rate.
        field: &'static str,
        /// Its value.
        value: f64,
    },
    /// The time between payments is not above 0.
    #[error("carry.funding.interval_hours = {0} must be a finite number above 0")]
    Interval(f64),
    /// A dividend is not above 0.
    #[error("a dividend of {amount} on {ex_ts} must be a finite number above 0")]
    Dividend {
        /// Its amount.
        amount: f64,
        /// Its ex-date.
        ex_ts: Timestamp,
    },
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

    /// Refuses rates beyond −10 to 10, intervals and dividends that are not above 0.
    pub fn check(&self) -> Result<(), CarryError> {
        let rates = [
            ("long_rate_per_year", self.long_rate_per_year),
            ("short_rate_per_year", self.short_rate_per_year),
            ("funding.rate", self.funding.map_or(0.0, |funding| funding.rate)),
        ];
        for (field, value) in rates {
            if !(-10.0..=10.0).contains(&value) {
                return Err(CarryError::Rate { field, value });
            }
        }
        if let Some(funding) = self.funding
            && !(funding.interval_hours.is_finite() && funding.interval_hours > 0.0)
        {
            return Err(CarryError::Interval(funding.interval_hours));
        }
        match self.dividends.iter().find(|dividend| !(dividend.amount.is_finite() && dividend.amount > 0.0)) {
            Some(&Dividend { ex_ts, amount }) => Err(CarryError::Dividend { amount, ex_ts }),
            None => Ok(()),
        }
    }
}
