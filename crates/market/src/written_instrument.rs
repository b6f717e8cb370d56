//! How a config writes an instrument: a known name, a table, or a known name with other figures.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Carry, Contract, Fees, Instrument, KNOWN_INSTRUMENTS, KnownInstrument, PriceDomain};

/// Every key of the table; what is not given comes from the known instrument, or is the neutral value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInstrument {
    name: Option<String>,
    symbol: Option<String>,
    currency: Option<String>,
    contract: Option<Contract>,
    tick_size: Option<f64>,
    multiplier: Option<f64>,
    lot_step: Option<f64>,
    min_qty: Option<f64>,
    min_notional: Option<f64>,
    price: Option<PriceDomain>,
    fees: Option<Fees>,
    spread_ticks: Option<f64>,
    carry: Option<Carry>,
    margin_rate: Option<f64>,
}

impl<'de> Deserialize<'de> for Instrument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(InstrumentVisitor { symbol: Symbol::Required })?
            .checked()
            .map_err(D::Error::custom)
    }
}

/// Whether the table must name the instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Required,
    Optional,
}

struct InstrumentVisitor {
    symbol: Symbol,
}

impl<'de> Visitor<'de> for InstrumentVisitor {
    type Value = Instrument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a known instrument or a table with symbol and currency")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Instrument, E> {
        known(name)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Instrument, A::Error> {
        let mut written = WrittenInstrument::deserialize(MapAccessDeserializer::new(map))?;
        if written.symbol.as_deref() == Some("") {
            return Err(A::Error::custom("symbol = \"\"; accepted: a name"));
        }
        if self.symbol == Symbol::Optional && written.name.is_none() {
            written.symbol.get_or_insert_default();
        }
        written.resolve()
    }
}

/// An instrument that several markets share: the same table or name, but `symbol` may be left to each market.
///
/// ```
/// # #[derive(serde::Deserialize)] struct Config { instrument: scaleout_market::SharedInstrument }
/// let config: Config = toml::from_str(r#"instrument = { currency = "USD", tick_size = 0.01 }"#)?;
/// assert_eq!(config.instrument.symbol(), None);
/// assert_eq!(config.instrument.named("AAPL").symbol, "AAPL");
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct SharedInstrument {
    /// Its symbol is empty where none was written, and then is not written again.
    figures: Instrument,
}

impl SharedInstrument {
    /// The symbol, if it was written.
    pub fn symbol(&self) -> Option<&str> {
        Some(self.figures.symbol.as_str()).filter(|symbol| !symbol.is_empty())
    }

    /// The same figures under `symbol`.
    pub fn named(&self, symbol: &str) -> Instrument {
        Instrument { symbol: symbol.to_owned(), ..self.figures.clone() }
    }
}

impl From<Instrument> for SharedInstrument {
    fn from(figures: Instrument) -> Self {
        Self { figures }
    }
}

impl<'de> Deserialize<'de> for SharedInstrument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let figures = deserializer.deserialize_any(InstrumentVisitor { symbol: Symbol::Optional })?;
        Ok(Self { figures: figures.checked().map_err(D::Error::custom)? })
    }
}

impl WrittenInstrument {
    fn resolve<E: Error>(self) -> Result<Instrument, E> {
        let base = match (&self.name, &self.symbol, &self.currency) {
            (Some(name), ..) => known(name)?,
            (None, Some(symbol), Some(currency)) => Instrument::frictionless(symbol, currency),
            (None, None, _) => return Err(E::missing_field("symbol")),
            (None, Some(_), None) => return Err(E::missing_field("currency")),
        };
        Ok(Instrument {
            symbol: self.symbol.unwrap_or(base.symbol),
            currency: self.currency.unwrap_or(base.currency),
            contract: self.contract.unwrap_or(base.contract),
            tick_size: self.tick_size.unwrap_or(base.tick_size),
            multiplier: self.multiplier.unwrap_or(base.multiplier),
            lot_step: self.lot_step.unwrap_or(base.lot_step),
            min_qty: self.min_qty.unwrap_or(base.min_qty),
            min_notional: self.min_notional.unwrap_or(base.min_notional),
            price: self.price.unwrap_or(base.price),
            fees: self.fees.unwrap_or(base.fees),
            spread_ticks: self.spread_ticks.unwrap_or(base.spread_ticks),
            carry: self.carry.unwrap_or(base.carry),
            margin_rate: self.margin_rate.unwrap_or(base.margin_rate),
        })
    }
}

fn known<E: Error>(name: &str) -> Result<Instrument, E> {
    KnownInstrument::named(name).map(KnownInstrument::instrument).ok_or_else(|| {
        let names: Vec<&str> = KNOWN_INSTRUMENTS.iter().map(|known| known.name).collect();
        let (name, names) = (name.escape_debug(), names.join(", "));
        E::custom(format!("no instrument is called `{name}`; accepted: {names}, or a table with symbol and currency"))
    })
}
