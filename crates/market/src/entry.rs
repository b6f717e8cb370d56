//! One position to be taken off.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checked::deserialise_checked;
use crate::{Add, Decimal, OutOfRange, Side, Timestamp};

deserialise_checked!(Entry);

/// One position to be taken off: where it was opened, and what one R is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Entry {
    /// Unique name of the trade.
    pub id: String,
    /// Symbol of the instrument.
    pub symbol: String,
    /// When the entry fills; the fill is at the open of the first bar that opens at or after this moment,
    /// or inside the bar that encloses it.
    pub ts: Timestamp,
    /// Direction.
    pub side: Side,
    /// Fill price.
    pub price: f64,
    /// The price distance that is 1 R; above 0.
    pub risk: f64,
    /// The protective stop's price, if there is one.
    pub stop: Option<f64>,
    /// Planned quantity, in the instrument's units; above 0. Without [`Self::adds`] all of it fills at the entry.
    pub qty: f64,
    /// The user's own labels.
    pub tags: Vec<String>,
    /// Parts of the planned quantity that fill after the entry, in order of time; what they leave fills at the entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<Add>,
}

/// Why an entry cannot exist.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EntryError {
    /// A number is out of its range.
    #[error("entry `{id}`: {source}")]
    OutOfRange {
        /// The entry.
        id: String,
        /// Which number, and what would be accepted.
        source: OutOfRange,
    },
    /// The stop stands on the profitable side of the price.
    #[error("entry `{id}`: the stop {stop} of a {side:?} at {price} must lie on the losing side")]
    StopOnWrongSide {
        /// The entry.
        id: String,
        /// Direction.
        side: Side,
        /// Fill price.
        price: f64,
        /// The offending stop.
        stop: f64,
    },
    /// An add is no part of the position.
    #[error("entry `{id}`, add {add}: {reason}")]
    Add {
        /// The entry.
        id: String,
        /// Which of its adds, in order of time, from 1.
        add: usize,
        /// What is wrong, and what would be accepted.
        reason: String,
    },
}

impl Entry {
    /// The entry itself, if its numbers are finite, risk and quantity are above 0, the stop stands on the
    /// losing side of the price, and the adds are later parts of the quantity.
    ///
    /// # Errors
    /// If a number is out of range, the stop on the wrong side, or an add no part of the position.
    pub fn checked(self) -> Result<Self, EntryError> {
        let numbers = OutOfRange::above_zero("risk", self.risk)
            .and_then(|()| OutOfRange::above_zero("qty", self.qty))
            .and_then(|()| OutOfRange::finite("price", self.price))
            .and_then(|()| self.stop.map_or(Ok(()), |stop| OutOfRange::finite("stop", stop)));
        if let Err(source) = numbers {
            return Err(EntryError::OutOfRange { id: self.id, source });
        }
        if let Some(stop) = self.stop
            && self.side.sign() * (self.price - stop) <= 0.0
        {
            return Err(EntryError::StopOnWrongSide { id: self.id, side: self.side, price: self.price, stop });
        }
        if let Some((add, reason)) = self.bad_add() {
            return Err(EntryError::Add { id: self.id, add, reason });
        }
        Ok(self)
    }

    /// The quantity that fills at the entry: the planned quantity less its adds.
    ///
    /// ```
    /// # use scaleout_market::{Add, Entry, Side, Timestamp};
    /// let add = Add { ts: Timestamp::from_secs(60), price: 104.0, qty: 1.0 };
    /// let entry = Entry {
    ///     id: "a".into(), symbol: "ES".into(), ts: Timestamp::from_secs(0), side: Side::Long,
    ///     price: 100.0, risk: 2.0, stop: Some(98.0), qty: 3.0, tags: vec![], adds: vec![add],
    /// };
    /// assert_eq!(entry.first_qty(), 2.0);
    /// ```
    pub fn first_qty(&self) -> f64 {
        match self.adds.as_slice() {
            [] => self.qty,
            adds => {
                let less = |left: f64, add: &Add| Decimal::of(left).minus(Decimal::of(add.qty)).to_f64();
                adds.iter().fold(self.qty, less)
            }
        }
    }

    /// The first add that is no part of the position, from 1, and why.
    fn bad_add(&self) -> Option<(usize, String)> {
        let mut before = self.ts;
        for (place, add) in self.adds.iter().enumerate() {
            let numbers = OutOfRange::above_zero("qty", add.qty).and_then(|()| OutOfRange::finite("price", add.price));
            if let Err(bad) = numbers {
                return Some((place + 1, bad.to_string()));
            }
            if add.ts < before {
                let reason = match place {
                    0 => format!("filled at {}; accepted: at or after the entry at {}", add.ts, self.ts),
                    _ => format!("filled at {}; accepted: adds in order of time, from {before}", add.ts),
                };
                return Some((place + 1, reason));
            }
            before = add.ts;
        }
        let first = self.first_qty();
        (!self.adds.is_empty() && first <= 0.0).then(|| {
            let added: f64 = self.qty - first;
            let reason = format!("{added} added in all; accepted: less than the planned quantity {}", self.qty);
            (self.adds.len(), reason)
        })
    }

    /// The gain of one unit of quantity at `price`, in R.
    ///
    /// ```
    /// # use scaleout_market::{Entry, Side, Timestamp};
    /// let entry = Entry {
    ///     id: "a".into(), symbol: "ES".into(), ts: Timestamp::from_secs(0), side: Side::Short,
    ///     price: 100.0, risk: 4.0, stop: None, qty: 1.0, tags: vec![], adds: vec![],
    /// };
    /// assert_eq!(entry.r_at(94.0), 1.5);
    /// ```
    ///
    /// It is the number nearest to the quotient of the decimals, so comparing it with a threshold is exact.
    pub fn r_at(&self, price: f64) -> f64 {
        let gain = Decimal::of(price).minus(Decimal::of(self.price)).over(Decimal::of(self.risk));
        // Never a negative zero.
        self.side.sign() * gain + 0.0
    }

    /// The price at which the gain is `r` R: entry and risk as the decimals that they are, rounded once.
    ///
    /// ```
    /// # use scaleout_market::{Entry, Side, Timestamp};
    /// # let entry = Entry {
    /// #     id: "a".into(), symbol: "X".into(), ts: Timestamp::from_secs(0), side: Side::Long,
    /// #     price: 50.3, risk: 0.4, stop: None, qty: 1.0, tags: vec![], adds: vec![],
    /// # };
    /// assert_eq!(entry.price_at_r(-0.5), 50.1);
    /// ```
    pub fn price_at_r(&self, r: f64) -> f64 {
        self.price_beyond(Decimal::of(r).times(Decimal::of(self.risk)))
    }

    /// The price that lies `points` beyond the entry's in the direction of gain.
    pub fn price_beyond(&self, points: Decimal) -> f64 {
        let price = Decimal::of(self.price);
        match self.side {
            Side::Long => price.plus(points),
            Side::Short => price.minus(points),
        }
        .to_f64()
    }
}
