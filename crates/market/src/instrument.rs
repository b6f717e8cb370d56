use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whether prices can be 0 or negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PriceDomain {
    /// Ordinary prices, above 0: anything else is a bad row.
    #[default]
    Positive,
    /// Any finite number (spreads, simulated processes); relative features are undefined at prices ≤ 0.
    Real,
}

/// What a venue charges for one fill, in the instrument's currency; all parts add up.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fees {
    /// Share of the notional for a fill that rested (a limit).
    pub maker_rate: f64,
    /// Share of the notional for a fill that crossed (market, stop).
    pub taker_rate: f64,
    /// Amount per unit of quantity (per contract, per share).
    pub per_unit: f64,
    /// Amount per order.
    pub per_order: f64,
    /// Least amount per order.
    pub minimum: f64,
}

/// Everything about a traded thing that prices alone do not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Name, as entries and files use it.
    pub symbol: String,
    /// Currency of prices, fees and the ledger.
    pub currency: String,
    /// Smallest price step; 0 where prices are continuous.
    #[serde(default)]
    pub tick_size: f64,
    /// Currency per unit of quantity and point of price.
    #[serde(default = "one")]
    pub multiplier: f64,
    /// Smallest quantity step; 0 where quantity is continuous.
    #[serde(default)]
    pub lot_step: f64,
    /// Least quantity of an order.
    #[serde(default)]
    pub min_qty: f64,
    /// Least notional of an order, in the currency.
    #[serde(default)]
    pub min_notional: f64,
    /// Whether prices can be 0 or negative.
    #[serde(default)]
    pub price: PriceDomain,
    /// What a fill costs.
    #[serde(default)]
    pub fees: Fees,
    /// The whole bid–ask spread, in ticks; each market fill pays half of it.
    #[serde(default)]
    pub spread_ticks: f64,
}

fn one() -> f64 {
    1.0
}

/// Why an instrument cannot exist.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum InstrumentError {
    /// A number is out of its range.
    #[error("instrument `{symbol}`: {field} = {value} must be {accepted}")]
    OutOfRange {
        /// The instrument.
        symbol: String,
        /// Which number.
        field: &'static str,
        /// Its value.
        value: f64,
        /// What would be accepted.
        accepted: &'static str,
    },
}

impl Instrument {
    /// The instrument itself, if every number is finite and in range.
    pub fn checked(self) -> Result<Self, InstrumentError> {
        let at_least_zero = [
            ("tick_size", self.tick_size),
            ("lot_step", self.lot_step),
            ("min_qty", self.min_qty),
            ("min_notional", self.min_notional),
            ("fees.per_unit", self.fees.per_unit),
            ("fees.per_order", self.fees.per_order),
            ("fees.minimum", self.fees.minimum),
            ("spread_ticks", self.spread_ticks),
        ];
        for (field, value) in at_least_zero {
            if !(value.is_finite() && value >= 0.0) {
                return Err(self.out_of_range(field, value, "a finite number, 0 or more"));
            }
        }
        for (field, value) in [("fees.maker_rate", self.fees.maker_rate), ("fees.taker_rate", self.fees.taker_rate)] {
            if !(value.is_finite() && value.abs() < 1.0) {
                return Err(self.out_of_range(field, value, "a share between -1 and 1"));
            }
        }
        if !(self.multiplier.is_finite() && self.multiplier > 0.0) {
            return Err(self.out_of_range("multiplier", self.multiplier, "a finite number above 0"));
        }
        Ok(self)
    }

    fn out_of_range(&self, field: &'static str, value: f64, accepted: &'static str) -> InstrumentError {
        InstrumentError::OutOfRange { symbol: self.symbol.clone(), field, value, accepted }
    }
}
