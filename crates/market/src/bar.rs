//! Bars.

use std::cmp::Ordering;

use thiserror::Error;

use crate::{Decimal, Timestamp};

/// What happened between two moments, known at the later one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// When the bar began: trades at or after this moment belong to it.
    pub open_ts: Timestamp,
    /// When the bar closed and became known.
    pub ts: Timestamp,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Quantity traded, 0 or more.
    pub volume: f64,
}

/// Why a bar cannot exist.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum BarError {
    /// A field is NaN or infinite.
    #[error("{field} = {value} is not a finite number")]
    NotFinite {
        /// Name of the field.
        field: &'static str,
        /// Its value.
        value: f64,
    },
    /// The high does not lie above, or the low not below, the other prices.
    #[error(
        "{field} = {value} lies inside the bar (open {open}, close {close}): a high must be the highest, a low the lowest price"
    )]
    RangeBroken {
        /// `high` or `low`.
        field: &'static str,
        /// Its value.
        value: f64,
        /// The bar's open.
        open: f64,
        /// The bar's close.
        close: f64,
    },
    /// Negative volume.
    #[error("volume = {0} is negative: a volume is 0 or more")]
    NegativeVolume(f64),
    /// The bar closes before it opens.
    #[error("the bar closes at {ts}, before it opens at {open_ts}")]
    ClosesBeforeOpen {
        /// When it opens.
        open_ts: Timestamp,
        /// When it closes.
        ts: Timestamp,
    },
}

impl Bar {
    /// The bar itself, if its prices are finite, high and low enclose open and close, the volume is not
    /// negative and it does not close before it opens.
    ///
    /// # Errors
    /// If one of these does not hold.
    pub fn checked(self) -> Result<Self, BarError> {
        for (field, value) in [
            ("open", self.open),
            ("high", self.high),
            ("low", self.low),
            ("close", self.close),
            ("volume", self.volume),
        ] {
            if !value.is_finite() {
                return Err(BarError::NotFinite { field, value });
            }
        }
        if self.high < self.open.max(self.close).max(self.low) {
            return Err(self.range_broken("high", self.high));
        }
        if self.low > self.open.min(self.close) {
            return Err(self.range_broken("low", self.low));
        }
        if self.volume < 0.0 {
            return Err(BarError::NegativeVolume(self.volume));
        }
        if self.ts < self.open_ts {
            return Err(BarError::ClosesBeforeOpen { open_ts: self.open_ts, ts: self.ts });
        }
        Ok(self)
    }

    /// High minus low.
    pub fn range(&self) -> f64 {
        self.high - self.low
    }

    /// Where `price` lies against the middle of high and low: compared as decimals, so a tie is a tie.
    ///
    /// ```
    /// use std::cmp::Ordering;
    /// use scaleout_market::{Bar, Timestamp};
    /// let (open_ts, ts) = (Timestamp::from_secs(0), Timestamp::from_secs(60));
    /// let bar = Bar { open_ts, ts, open: 0.2, high: 0.3, low: 0.1, close: 0.1, volume: 1.0 };
    /// assert_eq!(bar.against_middle(bar.open), Ordering::Equal);
    /// assert_ne!(bar.high - bar.open, bar.open - bar.low);
    /// ```
    pub fn against_middle(&self, price: f64) -> Ordering {
        let beyond = (price - self.low) - (self.high - price);
        // The differences are off by some units in the last place of the prices.
        let noise = 1e-14 * (price.abs() + self.high.abs() + self.low.abs());
        if noise < beyond.abs() {
            return beyond.total_cmp(&0.0);
        }
        let twice = Decimal::of(price).plus(Decimal::of(price));
        let both = Decimal::of(self.high).plus(Decimal::of(self.low));
        match (twice.minus(both).is_positive(), both.minus(twice).is_positive()) {
            (true, _) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => Ordering::Equal,
        }
    }

    fn range_broken(&self, field: &'static str, value: f64) -> BarError {
        BarError::RangeBroken { field, value, open: self.open, close: self.close }
    }
}
