//! Instruments that a config can name: `instrument = "ES"`.
//!
//! One line an instrument. Tick, multiplier and lot are the venue's. Fees, spread and margin are usual figures of a
//! retail account in mid 2025, rounded; a broker's own statement goes before them. Where a figure differs between
//! accounts, the dearer one is listed, which errs against every trade alike.

use crate::{Contract, Fees, Instrument};

/// An instrument that a config can name, with where its figures come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownInstrument {
    /// The name in a config.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The symbol that entries and files use.
    pub symbol: &'static str,
    /// Currency of prices and fees.
    pub currency: &'static str,
    /// Smallest price step.
    pub tick_size: f64,
    /// Currency per unit and point.
    pub multiplier: f64,
    /// Smallest quantity step, which is also the least order.
    pub lot_step: f64,
    /// Least notional of an order.
    pub min_notional: f64,
    /// Usual fees of one fill.
    pub fees: Fees,
    /// Usual bid–ask spread, in ticks.
    pub spread_ticks: f64,
    /// Usual share of the notional that must be put up.
    pub margin_rate: f64,
    /// When it trades. A config says `flat_at` where positions must not be held overnight.
    pub session: &'static str,
    /// Where the figures come from, and of what date they are.
    pub source: &'static str,
}

/// Every instrument that a config can name.
pub const KNOWN_INSTRUMENTS: [KnownInstrument; 15] = [
    future("ES", "E-mini S&P 500 future", 0.25, 50.0, 2.25, 0.08, CME_HOURS),
    future("NQ", "E-mini Nasdaq-100 future", 0.25, 20.0, 2.25, 0.08, CME_HOURS),
    future("YM", "E-mini Dow future", 1.0, 5.0, 2.25, 0.08, CME_HOURS),
    future("RTY", "E-mini Russell 2000 future", 0.1, 50.0, 2.25, 0.09, CME_HOURS),
    future("CL", "WTI crude oil future", 0.01, 1_000.0, 2.40, 0.1, CME_HOURS),
    future("GC", "gold future", 0.1, 100.0, 2.50, 0.06, CME_HOURS),
    future("ZN", "10-year Treasury note future", 0.015_625, 1_000.0, 1.70, 0.02, CME_HOURS),
    future("6E", "euro future", 0.000_05, 125_000.0, 2.50, 0.03, CME_HOURS),
    spot("BTCUSDT", "bitcoin in USDT, spot", 0.000_01),
    spot("ETHUSDT", "ether in USDT, spot", 0.000_1),
    perpetual("BTCUSDT-PERP", "bitcoin perpetual in USDT", "BTCUSDT", 0.1, 100.0),
    perpetual("ETHUSDT-PERP", "ether perpetual in USDT", "ETHUSDT", 0.01, 20.0),
    currency_pair("EURUSD", "euro in US dollars", "USD", 0.000_01, 2.0),
    currency_pair("USDJPY", "US dollar in yen", "JPY", 0.001, 300.0),
    us_share("US-SHARE", "any US share or ETF; give its `symbol`"),
];

const CME_HOURS: &str = "Sunday 17:00 to Friday 16:00, daily pause 16:00–17:00, Chicago";
const CME_SOURCE: &str = "CME Group contract specifications; fee = exchange, NFA and a $0.85 commission, rounded; 2025";
const BINANCE_SOURCE: &str = "Binance trading rules and fee schedule, VIP 0, without BNB discount; 2025";
const FOREX_SOURCE: &str = "micro lots; commission 0.2 bp with a minimum, as of Interactive Brokers; ESMA margin; 2025";
const US_SHARE_SOURCE: &str = "Regulation NMS tick, Interactive Brokers fixed commission, Regulation T margin; 2025";

const fn future(
    name: &'static str,
    about: &'static str,
    tick_size: f64,
    multiplier: f64,
    per_contract: f64,
    margin_rate: f64,
    session: &'static str,
) -> KnownInstrument {
    KnownInstrument {
        name,
        about,
        symbol: name,
        currency: "USD",
        tick_size,
        multiplier,
        lot_step: 1.0,
        min_notional: 0.0,
        fees: Fees { per_unit: per_contract, ..NO_FEES },
        spread_ticks: 1.0,
        margin_rate,
        session,
        source: CME_SOURCE,
    }
}

const fn spot(name: &'static str, about: &'static str, lot_step: f64) -> KnownInstrument {
    KnownInstrument {
        name,
        about,
        symbol: name,
        currency: "USDT",
        tick_size: 0.01,
        multiplier: 1.0,
        lot_step,
        min_notional: 5.0,
        fees: Fees { maker_rate: 0.001, taker_rate: 0.001, ..NO_FEES },
        spread_ticks: 1.0,
        margin_rate: 1.0,
        session: "always",
        source: BINANCE_SOURCE,
    }
}

const fn perpetual(
    name: &'static str,
    about: &'static str,
    symbol: &'static str,
    tick_size: f64,
    min_notional: f64,
) -> KnownInstrument {
    KnownInstrument {
        name,
        about,
        symbol,
        currency: "USDT",
        tick_size,
        multiplier: 1.0,
        lot_step: 0.001,
        min_notional,
        fees: Fees { maker_rate: 0.000_2, taker_rate: 0.000_5, ..NO_FEES },
        spread_ticks: 1.0,
        margin_rate: 0.05,
        session: "always; funding is not in the list, give it under `carry`",
        source: BINANCE_SOURCE,
    }
}

const fn currency_pair(
    name: &'static str,
    about: &'static str,
    currency: &'static str,
    tick_size: f64,
    minimum_fee: f64,
) -> KnownInstrument {
    KnownInstrument {
        name,
        about,
        symbol: name,
        currency,
        tick_size,
        multiplier: 1.0,
        lot_step: 1_000.0,
        min_notional: 0.0,
        fees: Fees { maker_rate: 0.000_02, taker_rate: 0.000_02, minimum: minimum_fee, ..NO_FEES },
        spread_ticks: 5.0,
        margin_rate: 0.033_3,
        session: "Sunday 17:00 to Friday 17:00, New York",
        source: FOREX_SOURCE,
    }
}

const fn us_share(name: &'static str, about: &'static str) -> KnownInstrument {
    KnownInstrument {
        name,
        about,
        symbol: name,
        currency: "USD",
        tick_size: 0.01,
        multiplier: 1.0,
        lot_step: 1.0,
        min_notional: 0.0,
        fees: Fees { per_unit: 0.005, minimum: 1.0, ..NO_FEES },
        spread_ticks: 1.0,
        margin_rate: 0.5,
        session: "09:30–16:00 on trading days, New York",
        source: US_SHARE_SOURCE,
    }
}

const NO_FEES: Fees = Fees { maker_rate: 0.0, taker_rate: 0.0, per_unit: 0.0, per_order: 0.0, minimum: 0.0 };

impl KnownInstrument {
    /// The instrument called `name`, whatever the case of its letters.
    ///
    /// ```
    /// use scaleout_market::KnownInstrument;
    /// let es = KnownInstrument::named("es").unwrap().instrument();
    /// assert_eq!((es.tick_size, es.multiplier, es.fees.per_unit), (0.25, 50.0, 2.25));
    /// assert!(KnownInstrument::named("ESX").is_none());
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        KNOWN_INSTRUMENTS.iter().find(|known| known.name.eq_ignore_ascii_case(name))
    }

    /// Its figures as an [`Instrument`].
    pub fn instrument(&self) -> Instrument {
        Instrument {
            contract: Contract::Linear,
            tick_size: self.tick_size,
            multiplier: self.multiplier,
            lot_step: self.lot_step,
            min_notional: self.min_notional,
            fees: self.fees,
            spread_ticks: self.spread_ticks,
            margin_rate: self.margin_rate,
            ..Instrument::frictionless(self.symbol, self.currency)
        }
    }

    /// One line: `E-mini S&P 500 future: tick 0.25, 50 USD a point, lot 1, fee 2.25 USD a unit`.
    pub fn line(&self) -> String {
        let Self { about, currency, tick_size, multiplier, lot_step, .. } = self;
        format!("{about}: tick {tick_size}, {multiplier} {currency} a point, lot {lot_step}, fee {}", self.fee_words())
    }

    fn fee_words(&self) -> String {
        let (fees, currency) = (&self.fees, self.currency);
        let percent = |rate: f64| format!("{} %", (rate * 1e8).round() / 1e6);
        let rate = match (fees.maker_rate, fees.taker_rate) {
            (0.0, 0.0) => None,
            (maker, taker) if maker == taker => Some(percent(taker)),
            (maker, taker) => Some(format!("{} maker, {} taker", percent(maker), percent(taker))),
        };
        let per_unit = (fees.per_unit != 0.0).then(|| format!("{} {currency} a unit", fees.per_unit));
        let minimum = (fees.minimum != 0.0).then(|| format!("at least {} {currency}", fees.minimum));
        [rate, per_unit, minimum].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its row in the table of docs.
    fn row(known: &KnownInstrument) -> String {
        let KnownInstrument { name, about, symbol, currency, tick_size, multiplier, lot_step, .. } = known;
        let KnownInstrument { min_notional, spread_ticks, margin_rate, session, source, .. } = known;
        let (fee, margin) = (known.fee_words(), (margin_rate * 1e4).round() / 1e2);
        format!(
            "| `{name}` | {about} | `{symbol}` | {currency} | {tick_size} | {multiplier} | {lot_step} | {min_notional} | \
             {fee} | {spread_ticks} | {margin} % | {session} | {source} |\n"
        )
    }

    #[test]
    fn the_page_has_the_table_of_the_list() {
        let page = include_str!("../docs/instruments.md");
        let rows: String = KNOWN_INSTRUMENTS.iter().map(row).collect();
        assert!(page.ends_with(&rows), "docs/instruments.md should end with\n{rows}");
    }

    #[test]
    fn every_instrument_of_the_list_can_exist() {
        for known in &KNOWN_INSTRUMENTS {
            let found = toml::from_str::<Named>(&format!("instrument = '{}'", known.name)).unwrap().instrument;
            assert_eq!(found, known.instrument().checked().unwrap());
        }
    }

    #[derive(Debug, serde::Deserialize)]
    struct Named {
        instrument: Instrument,
    }

    fn read(text: &str) -> Result<Instrument, String> {
        toml::from_str::<Named>(text).map(|named| named.instrument).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_named_instrument_takes_overrides() {
        let es = read("instrument = { name = 'ES', spread_ticks = 2.0, fees = { per_unit = 1.5 } }").unwrap();
        let own = KnownInstrument::named("ES").unwrap().instrument();
        assert_eq!(es, Instrument { spread_ticks: 2.0, fees: Fees { per_unit: 1.5, ..NO_FEES }, ..own });
        let share = read("instrument = { name = 'us-share', symbol = 'AAPL' }").unwrap();
        assert_eq!((share.symbol.as_str(), share.currency.as_str(), share.fees.minimum), ("AAPL", "USD", 1.0));
        assert_eq!(read("instrument = 'BTCUSDT-PERP'").unwrap().symbol, "BTCUSDT");
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let expected = "no instrument is called `ESX`; accepted: ES, NQ, YM, RTY, CL, GC, ZN, 6E, BTCUSDT, ETHUSDT, \
                        BTCUSDT-PERP, ETHUSDT-PERP, EURUSD, USDJPY, US-SHARE, or a table with symbol and currency";
        assert_eq!(read("instrument = 'ESX'").unwrap_err(), expected);
        assert_eq!(read("instrument = { name = 'ESX' }").unwrap_err(), expected);
        let error = read("instrument = { name = 'ES', tick_size = -1.0 }").unwrap_err();
        assert_eq!(error, "instrument `ES`: tick_size = -1 must be a finite number, 0 or more");
        assert_eq!(read("instrument = { currency = 'USD' }").unwrap_err(), "missing field `symbol`");
        assert!(read("instrument = { name = 'ES', tik_size = 1.0 }").unwrap_err().contains("unknown field `tik_size`"));
        assert!(read("instrument = 7").unwrap_err().contains("the name of a known instrument or a table"));
    }
}
