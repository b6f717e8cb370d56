//! What is traded, and what that costs.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checked::deserialise_checked;
use crate::{Carry, Contract, Entry, OutOfRange};

deserialise_checked!(Fees);

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
#[serde(remote = "Self", deny_unknown_fields, default)]
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
///
/// A config writes it as a table, as the name of a [`crate::KnownInstrument`], or as a table with that `name` and other
/// figures (`written_instrument.rs`). `fees` and `carry` are replaced as a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Instrument {
    /// Name, as entries and files use it; empty only inside a [`crate::SharedInstrument`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub symbol: String,
    /// Currency of prices, fees and the ledger; of an inverse contract the coin that it is settled in.
    pub currency: String,
    /// What a unit is worth at a price: `"linear"` by default, `"inverse"` for contracts such as XBTUSD.
    #[serde(skip_serializing_if = "is_linear")]
    pub contract: Contract,
    /// Smallest price step; 0 where prices are continuous.
    pub tick_size: f64,
    /// Currency per unit of quantity and point of price; of an inverse contract its fixed value in the price's currency.
    pub multiplier: f64,
    /// Smallest quantity step; 0 where quantity is continuous.
    pub lot_step: f64,
    /// Least quantity of an order.
    pub min_qty: f64,
    /// Least notional of an order, in the currency.
    pub min_notional: f64,
    /// Whether prices can be 0 or negative.
    pub price: PriceDomain,
    /// What a fill costs.
    pub fees: Fees,
    /// The whole bid–ask spread, in ticks; each market fill pays half of it.
    pub spread_ticks: f64,
    /// What an open position pays or earns over time.
    pub carry: Carry,
    /// Share of the notional that must be put up to hold a position: 1 without leverage.
    pub margin_rate: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_linear(contract: &Contract) -> bool {
    *contract == Contract::Linear
}

/// A number of an instrument is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("instrument `{symbol}`: {source}")]
pub struct InstrumentError {
    /// The instrument.
    pub symbol: String,
    /// Which number, and what would be accepted.
    pub source: OutOfRange,
}

impl Fees {
    /// The fees themselves, if rates are shares between −1 and 1 and amounts are 0 or more.
    ///
    /// # Errors
    /// If one is not.
    pub fn checked(self) -> Result<Self, OutOfRange> {
        let amounts = [("per_unit", self.per_unit), ("per_order", self.per_order), ("minimum", self.minimum)];
        for (field, value) in amounts {
            OutOfRange::at_least_zero(&format!("fees.{field}"), value)?;
        }
        for (field, value) in [("maker_rate", self.maker_rate), ("taker_rate", self.taker_rate)] {
            let is_share = value.is_finite() && value.abs() < 1.0;
            OutOfRange::check(&format!("fees.{field}"), value, is_share, "a share between -1 and 1")?;
        }
        Ok(self)
    }
}

impl Instrument {
    /// A continuous instrument without any cost: the base of a literal that sets only what matters.
    ///
    /// ```
    /// use scaleout_market::Instrument;
    /// let es = Instrument { tick_size: 0.25, multiplier: 50.0, lot_step: 1.0, ..Instrument::frictionless("ES", "USD") };
    /// assert_eq!(es.fees.per_order, 0.0);
    /// ```
    pub fn frictionless(symbol: &str, currency: &str) -> Self {
        Self {
            symbol: symbol.to_owned(),
            currency: currency.to_owned(),
            contract: Contract::Linear,
            tick_size: 0.0,
            multiplier: 1.0,
            lot_step: 0.0,
            min_qty: 0.0,
            min_notional: 0.0,
            price: PriceDomain::Positive,
            fees: Fees::default(),
            spread_ticks: 0.0,
            carry: Carry::default(),
            margin_rate: 1.0,
        }
    }

    /// What `qty` units are worth at `price` in the currency, 0 or more.
    pub fn notional(&self, price: f64, qty: f64) -> f64 {
        self.contract.notional(price) * qty * self.multiplier
    }

    /// What one unit of `entry` loses at 1 R against it, in the currency.
    pub fn one_r(&self, entry: &Entry) -> f64 {
        self.contract.at_risk(entry.price, entry.risk, entry.side) * self.multiplier
    }

    /// The instrument itself, if every number is finite and in range.
    ///
    /// # Errors
    /// If one is not.
    pub fn checked(self) -> Result<Self, InstrumentError> {
        match self.check_numbers() {
            Ok(()) => Ok(self),
            Err(source) => Err(InstrumentError { symbol: self.symbol, source }),
        }
    }

    fn check_numbers(&self) -> Result<(), OutOfRange> {
        for (field, value) in [
            ("tick_size", self.tick_size),
            ("lot_step", self.lot_step),
            ("min_qty", self.min_qty),
            ("min_notional", self.min_notional),
            ("spread_ticks", self.spread_ticks),
        ] {
            OutOfRange::at_least_zero(field, value)?;
        }
        self.fees.checked()?;
        OutOfRange::above_zero("multiplier", self.multiplier)?;
        let is_share = self.margin_rate > 0.0 && self.margin_rate <= 1.0;
        OutOfRange::check("margin_rate", self.margin_rate, is_share, "a share above 0, at most 1")?;
        // Minimums count lots, so that a plan in lots can be checked once and for all at the entry.
        for (field, value) in [("min_qty", self.min_qty), ("min_notional", self.min_notional)] {
            OutOfRange::check(field, value, value == 0.0 || self.lot_step > 0.0, "0 unless lot_step is above 0")?;
        }
        let has_spread = self.spread_ticks == 0.0 || self.tick_size > 0.0;
        OutOfRange::check("spread_ticks", self.spread_ticks, has_spread, "0 unless tick_size is above 0")?;
        if self.contract == Contract::Inverse && self.price == PriceDomain::Real {
            return Err(OutOfRange::new("contract", "inverse", "\"linear\" unless price = \"positive\""));
        }
        self.carry.clone().checked().map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::Instrument;

    #[test]
    fn no_instrument_comes_in_past_its_check() {
        for (line, expected) in [
            ("tick_size = -1", "instrument `X`: tick_size = -1 must be a finite number, 0 or more"),
            ("multiplier = 0", "instrument `X`: multiplier = 0 must be a finite number above 0"),
            ("min_qty = 1", "instrument `X`: min_qty = 1 must be 0 unless lot_step is above 0"),
            ("spread_ticks = 1", "instrument `X`: spread_ticks = 1 must be 0 unless tick_size is above 0"),
            ("fees = { taker_rate = 1 }", "fees.taker_rate = 1 must be a share between -1 and 1"),
            ("margin_rate = inf", "instrument `X`: margin_rate = inf must be a share above 0, at most 1"),
        ] {
            let text = format!("symbol = \"X\"\ncurrency = \"USD\"\n{line}");
            let error = toml::from_str::<Instrument>(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{line}: {error}");
        }
        let text = "symbol = \"X\"\ncurrency = \"USD\"\ntick_size = 0.25\nspread_ticks = 1.0";
        let instrument: Instrument = toml::from_str(text).unwrap();
        assert_eq!(toml::from_str::<Instrument>(&toml::to_string(&instrument).unwrap()).unwrap(), instrument);
    }
}
