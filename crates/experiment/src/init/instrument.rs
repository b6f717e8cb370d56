//! What is traded, told by the name of the file and the numbers in it.

use scaleout_data::DataError;
use scaleout_market::{Instrument, KNOWN_INSTRUMENTS, KnownInstrument};

use crate::{
    ExperimentError,
    init::{
        market::ReadMarket,
        request::{InitRequest, stem_of},
    },
};

/// A known instrument, or a placeholder that a person has to look at.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum GuessedInstrument {
    Known {
        known: &'static KnownInstrument,
        /// What it is called, where the list names a kind of instrument only.
        symbol: Option<String>,
        /// How it is known.
        why: &'static str,
    },
    Placeholder {
        symbol: String,
        currency: &'static str,
        /// The coarsest decimal step on which all prices lie.
        tick_size: f64,
        /// Of the notional, for every fill.
        fee_rate: f64,
    },
}

const EXCHANGES_OF_SHARES: [&str; 5] = ["NASDAQ", "NYSE", "AMEX", "BATS", "ARCA"];
const CURRENCIES: [&str; 14] =
    ["USDT", "USDC", "BUSD", "FDUSD", "USD", "EUR", "JPY", "GBP", "CHF", "AUD", "CAD", "NZD", "BTC", "ETH"];

impl GuessedInstrument {
    pub(super) fn of(request: &InitRequest, read: &ReadMarket) -> Result<Self, ExperimentError> {
        let stem = stem_of(request);
        let told = told_by_name(&stem, read.export());
        let Some(name) = &request.instrument else { return Ok(told.unwrap_or_else(|| placeholder(&stem, read))) };
        let known = KnownInstrument::named(name).ok_or_else(|| ExperimentError::Obstacle {
            path: read.first_file(),
            message: format!(
                "no instrument is called `{name}`; accepted: {}",
                KNOWN_INSTRUMENTS.map(|known| known.name).join(", ")
            ),
        })?;
        let is_kind = known.name == SHARE;
        Ok(Self::Known { known, symbol: is_kind.then(|| symbol_of(&stem, read.export())), why: "declared" })
    }

    /// The instrument itself.
    pub(super) fn instrument(&self) -> Instrument {
        match self {
            Self::Known { known, symbol, .. } => {
                let instrument = known.instrument();
                Instrument { symbol: symbol.clone().unwrap_or_else(|| instrument.symbol.clone()), ..instrument }
            }
            Self::Placeholder { symbol, currency, tick_size, .. } => {
                Instrument { tick_size: *tick_size, ..Instrument::frictionless(symbol, currency) }
            }
        }
    }

    pub(super) fn symbol(&self) -> &str {
        match self {
            Self::Known { known, symbol, .. } => symbol.as_deref().unwrap_or(known.symbol),
            Self::Placeholder { symbol, .. } => symbol,
        }
    }

    /// What is said of it.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Known { why, .. } => format!("instrument: {}, {} ({why})", self.symbol(), self.figures()),
            Self::Placeholder { symbol, currency, tick_size, fee_rate } => format!(
                "instrument: {symbol} is not in the list; PLACEHOLDER: tick {tick_size} {currency}, fee {} % a fill. \
                 Correct [data.instrument] in the config",
                (fee_rate * 1e6).round() / 1e4
            ),
        }
    }
}

impl GuessedInstrument {
    /// Calls a placeholder as the entries do, where they were refused for their market's name; says whether it did.
    pub(super) fn takes_name_of(&mut self, error: &ExperimentError) -> bool {
        match (self, error) {
            (Self::Placeholder { symbol, .. }, ExperimentError::Data(DataError::BadValue { column, value, .. }))
                if column == "symbol" && !value.is_empty() && symbol != value =>
            {
                symbol.clone_from(value);
                true
            }
            _ => false,
        }
    }

    /// Tick, lot and fees in a line, with what it is.
    pub(super) fn figures(&self) -> String {
        match self {
            // Of a kind of instrument the list says how to name one.
            Self::Known { known, symbol: Some(_), .. } => known.line().replacen(known.about, "US share or ETF", 1),
            Self::Known { known, .. } => known.line(),
            Self::Placeholder { tick_size, .. } => format!("tick {tick_size}"),
        }
    }
}

const SHARE: &str = "US-SHARE";

/// A known instrument, if the name of the file says which.
fn told_by_name(stem: &str, export: Option<&str>) -> Option<GuessedInstrument> {
    let words = words(stem);
    let first = words.first()?;
    let pair = words.get(1).map(|second| format!("{first}{second}").to_ascii_uppercase());
    let is_perpetual = words.iter().any(|word| ["P", "PERP", "SWAP"].contains(&word.to_ascii_uppercase().as_str()));
    let known = |name: &str| {
        let perpetual = KnownInstrument::named(&format!("{name}-PERP")).filter(|_| is_perpetual);
        perpetual.or_else(|| KnownInstrument::named(name))
    };
    const WHY: &str = "told by the name of the file";
    let of_word = words.iter().find_map(|word| {
        let upper = word.to_ascii_uppercase();
        // A future has a short name, which another word could be too: it stands first in capitals, or as `ES1!`.
        let is_continuous = upper.strip_suffix("1!").and_then(KnownInstrument::named);
        let long = || KNOWN_INSTRUMENTS.iter().find(|known| 6 <= known.name.len() && upper.starts_with(known.name));
        let short = || KNOWN_INSTRUMENTS.iter().find(|known| known.name == first.as_str() && word == first);
        is_continuous.or_else(|| long().and_then(|found| known(found.name))).or_else(short)
    });
    let of_pair = || pair.as_deref().and_then(known);
    if let Some(known) = of_word.or_else(of_pair).filter(|known| known.name != SHARE) {
        return Some(GuessedInstrument::Known { known, symbol: None, why: WHY });
    }
    let upper = first.to_ascii_uppercase();
    let is_ticker = |word: &str| (1..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let share = |symbol: &str, why| {
        let known = KnownInstrument::named(SHARE)?;
        Some(GuessedInstrument::Known { known, symbol: Some(symbol.to_owned()), why })
    };
    match export {
        Some("yahoo") if is_ticker(first) && !stem.contains(['^', '=', '-']) => {
            share(first, "assumed: a file of Yahoo with the name of a US share")
        }
        Some("tradingview") if EXCHANGES_OF_SHARES.contains(&first.as_str()) => {
            share(words.get(1).filter(|word| is_ticker(word))?, WHY)
        }
        Some("stooq") if words.get(1).is_some_and(|word| word.eq_ignore_ascii_case("us")) && is_ticker(&upper) => {
            share(&upper, WHY)
        }
        Some("lean") if is_ticker(&upper) => share(&upper, "assumed: bars of LEAN with the name of a US share"),
        _ => None,
    }
}

fn words(stem: &str) -> Vec<String> {
    let words = stem.split(|c: char| !(c.is_ascii_alphanumeric() || c == '!'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What the file calls its market: its first word, or the one behind the exchange.
fn symbol_of(stem: &str, export: Option<&str>) -> String {
    let words = words(stem);
    let place = usize::from(export == Some("tradingview") && 1 < words.len());
    words.get(place).map_or_else(|| "UNKNOWN".to_owned(), |word| word.trim_matches('!').to_ascii_uppercase())
}

fn placeholder(stem: &str, read: &ReadMarket) -> GuessedInstrument {
    let symbol = symbol_of(stem, read.export());
    let quoted = |currency: &&&str| symbol.len() > currency.len() && symbol.ends_with(**currency);
    let currency = CURRENCIES.iter().find(quoted).copied().unwrap_or("USD");
    let fee_rate = match read.export() {
        Some("metatrader-5") => 0.000_05,
        Some("binance-klines" | "freqtrade" | "jesse" | "kraken" | "coinbase") => 0.001,
        _ => 0.000_5,
    };
    let closes = read.market.history.series.bars().iter().map(|bar| bar.close);
    GuessedInstrument::Placeholder { symbol, currency, tick_size: tick_of(closes), fee_rate }
}

/// The coarsest of 1, 0.1, 0.01, … on which the prices lie; 0 where none down to 10⁻⁸ does.
fn tick_of(prices: impl Iterator<Item = f64> + Clone) -> f64 {
    const MOST: usize = 2_000;
    let lies_on = |digits: i32| {
        let scale = 10_f64.powi(digits);
        prices.clone().take(MOST).all(|price| {
            let scaled = price * scale;
            // What a decimal of the file and its double differ by.
            (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs().max(1.0)
        })
    };
    (0..=8).find(|digits| lies_on(*digits)).map_or(0.0, |digits| {
        let text = format!("1e-{digits}");
        text.parse().unwrap_or(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stem: &str, export: Option<&str>, expected: Option<(&str, Option<&str>)>) {
        let found = told_by_name(stem, export).map(|guessed| match guessed {
            GuessedInstrument::Known { known, symbol, .. } => (known.name, symbol),
            GuessedInstrument::Placeholder { .. } => unreachable!("a name tells no placeholder"),
        });
        let found = found.as_ref().map(|(name, symbol)| (*name, symbol.as_deref()));
        assert_eq!(found, expected, "{stem}");
    }

    #[test]
    fn names_of_files_tell_what_is_traded() {
        check("BTCUSDT-1h-2024-01", Some("binance-klines"), Some(("BTCUSDT", None)));
        check("BTC_USDT-1h", Some("freqtrade"), Some(("BTCUSDT", None)));
        check("BYBIT_BTCUSDT.P, 60", Some("tradingview"), Some(("BTCUSDT-PERP", None)));
        check("EURUSDM15", Some("metatrader-5"), Some(("EURUSD", None)));
        check("FX_EURUSD, 60", Some("tradingview"), Some(("EURUSD", None)));
        check("CME_MINI_ES1!, 5", Some("tradingview"), Some(("ES", None)));
        check("ES_1min", None, Some(("ES", None)));
        check("my_ES_1min", None, None);
        check("es_datos", None, None);
        check("AAPL", Some("yahoo"), Some(("US-SHARE", Some("AAPL"))));
        check("^GSPC", Some("yahoo"), None);
        check("NASDAQ_AAPL, 1D", Some("tradingview"), Some(("US-SHARE", Some("AAPL"))));
        check("aapl_us_d", Some("stooq"), Some(("US-SHARE", Some("AAPL"))));
        check("aapl", Some("lean"), Some(("US-SHARE", Some("AAPL"))));
        check("SOLUSDT-1h", Some("binance-klines"), None);
        check("AAPL", None, None);
        check("", None, None);
    }

    #[test]
    fn the_tick_is_the_coarsest_step_of_the_prices() {
        for (prices, expected) in [
            (&[1.0, 2.0][..], 1.0),
            (&[187.15, 188.4, 0.01], 0.01),
            (&[1.10427, 1.1], 0.000_01),
            (&[1.0 / 3.0], 0.0),
            (&[67_123.7], 0.1),
        ] {
            assert_eq!(tick_of(prices.iter().copied()), expected, "{prices:?}");
        }
    }
}
