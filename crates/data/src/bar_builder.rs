//! Bars made of trades, one trade at a time.

use scaleout_market::{Bar, Timestamp, Trade};
use serde::{Deserialize, Serialize};

use crate::imbalance::{Imbalance, Weight};
use crate::length::Length;

/// When a bar of trades is complete: `{ time = "60s" }`, `{ volume = 500 }`, `{ trades = 200 }`, `{ dollar = 1e6 }`,
/// `{ range = 2.5 }`, `{ tick_imbalance = 200 }` or `{ volume_imbalance = 200 }`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "RawBarSpec", into = "RawBarSpec")]
pub enum BarSpec {
    /// At the end of a stretch of the clock, counted from 1970 in UTC.
    Time(Length),
    /// Once this quantity has traded.
    Volume(f64),
    /// Once this many trades were made.
    Trades(u64),
    /// Once this value (price × quantity × multiplier) has traded.
    Dollar(f64),
    /// Once high and low are this far apart, in points of price.
    Range(f64),
    /// Once buys and sells differ by more trades than is expected of a bar, which begins at this number of trades
    /// (`imbalance.rs`).
    TickImbalance(u64),
    /// The same by quantity.
    VolumeImbalance(u64),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawBarSpec {
    Time(Length),
    Volume(f64),
    Trades(u64),
    Dollar(f64),
    Range(f64),
    TickImbalance(u64),
    VolumeImbalance(u64),
}

impl TryFrom<RawBarSpec> for BarSpec {
    type Error = String;

    fn try_from(raw: RawBarSpec) -> Result<Self, String> {
        let above_zero = |name: &str, value: f64| {
            if value.is_finite() && value > 0.0 {
                Ok(value)
            } else {
                Err(format!("bars.{name} = {value} is out of range; accepted: a number above 0"))
            }
        };
        let some = |name: &str, count: u64| match count {
            0 => Err(format!("bars.{name} = 0 is out of range; accepted: a whole number above 0")),
            count => Ok(count),
        };
        Ok(match raw {
            RawBarSpec::Time(length) => Self::Time(length),
            RawBarSpec::Volume(qty) => Self::Volume(above_zero("volume", qty)?),
            RawBarSpec::Trades(count) => Self::Trades(some("trades", count)?),
            RawBarSpec::Dollar(value) => Self::Dollar(above_zero("dollar", value)?),
            RawBarSpec::Range(points) => Self::Range(above_zero("range", points)?),
            RawBarSpec::TickImbalance(count) => Self::TickImbalance(some("tick_imbalance", count)?),
            RawBarSpec::VolumeImbalance(count) => Self::VolumeImbalance(some("volume_imbalance", count)?),
        })
    }
}

impl From<BarSpec> for RawBarSpec {
    fn from(spec: BarSpec) -> Self {
        match spec {
            BarSpec::Time(length) => Self::Time(length),
            BarSpec::Volume(qty) => Self::Volume(qty),
            BarSpec::Trades(count) => Self::Trades(count),
            BarSpec::Dollar(value) => Self::Dollar(value),
            BarSpec::Range(points) => Self::Range(points),
            BarSpec::TickImbalance(count) => Self::TickImbalance(count),
            BarSpec::VolumeImbalance(count) => Self::VolumeImbalance(count),
        }
    }
}

/// A length of time as `60s`, or a measure and its size: `time=60s`, `volume=500`, `trades=200`, `dollar=1e6`, `range=2.5`,
/// `tick-imbalance=200`, `volume-imbalance=200`.
///
/// ```
/// use scaleout_data::BarSpec;
/// assert_eq!("trades=200".parse::<BarSpec>()?, BarSpec::Trades(200));
/// assert_eq!("5m".parse::<BarSpec>()?, "time=5m".parse()?);
/// # Ok::<(), String>(())
/// ```
impl std::str::FromStr for BarSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (measure, size) = text.split_once('=').unwrap_or(("time", text));
        let (measure, size) = (measure.trim(), size.trim());
        let number =
            || size.parse::<f64>().map_err(|_| format!("`{size}` is not a number; accepted: a number above 0"));
        let count = || {
            size.parse::<u64>()
                .map_err(|_| format!("`{size}` is not a number of trades; accepted: a whole number above 0"))
        };
        let raw = match measure {
            "time" => RawBarSpec::Time(size.parse()?),
            "volume" => RawBarSpec::Volume(number()?),
            "dollar" => RawBarSpec::Dollar(number()?),
            "range" => RawBarSpec::Range(number()?),
            "trades" => RawBarSpec::Trades(count()?),
            "tick-imbalance" | "tick_imbalance" => RawBarSpec::TickImbalance(count()?),
            "volume-imbalance" | "volume_imbalance" => RawBarSpec::VolumeImbalance(count()?),
            _ => {
                return Err(format!(
                    "`{measure}` is not a measure of bars; accepted: time, volume, trades, dollar, range, tick-imbalance, volume-imbalance, for example `volume=500`"
                ));
            }
        };
        raw.try_into()
    }
}

/// Makes bars of trades, one trade at a time; O(1) a trade.
///
/// A time bar covers [open_ts, ts): a trade at the moment of the close belongs to the next bar, and a stretch
/// without trades makes no bar. The other bars close at their last trade; trades of one moment are never split
/// over two bars, so a bar may exceed its size and closes strictly increase.
///
/// ```
/// use scaleout_data::{BarBuilder, BarSpec};
/// use scaleout_market::{Timestamp, Trade};
/// let mut builder = BarBuilder::new(BarSpec::Volume(10.0), 1.0);
/// let trade = |secs, price, qty| Trade { ts: Timestamp::from_secs(secs), price, qty, aggressor: None };
/// assert_eq!(builder.update(&trade(1, 100.0, 6.0)), None);
/// assert_eq!(builder.update(&trade(2, 103.0, 5.0)), None);
/// let bar = builder.update(&trade(3, 99.0, 1.0)).unwrap();
/// assert_eq!((bar.ts, bar.open, bar.close, bar.volume), (Timestamp::from_secs(2), 100.0, 103.0, 11.0));
/// ```
#[derive(Debug, Clone)]
pub struct BarBuilder {
    spec: BarSpec,
    multiplier: f64,
    open: Option<OpenBar>,
    /// Of imbalance bars.
    imbalance: Option<Imbalance>,
}

#[derive(Debug, Clone, Copy)]
struct OpenBar {
    bar: Bar,
    trades: u64,
    value: f64,
}

impl BarBuilder {
    /// A builder without trades; `multiplier` is the instrument's and matters for dollar bars alone.
    pub fn new(spec: BarSpec, multiplier: f64) -> Self {
        let imbalance = match spec {
            BarSpec::TickImbalance(trades) => Some(Imbalance::new(Weight::One, trades)),
            BarSpec::VolumeImbalance(trades) => Some(Imbalance::new(Weight::Quantity, trades)),
            BarSpec::Time(_) | BarSpec::Volume(_) | BarSpec::Trades(_) | BarSpec::Dollar(_) | BarSpec::Range(_) => None,
        };
        Self { spec, multiplier, open: None, imbalance }
    }

    /// Adds a trade, and returns the bar that was complete before it. The trade itself belongs to the bar after.
    pub fn update(&mut self, trade: &Trade) -> Option<Bar> {
        let complete = self.open.filter(|open| self.complete(open, trade.ts));
        if let Some(imbalance) = &mut self.imbalance {
            if let Some(open) = &complete {
                imbalance.close(open.trades);
            }
            imbalance.add(trade);
        }
        let closed = complete.map(|open| open.bar);
        let value = trade.price * trade.qty * self.multiplier;
        match &mut self.open {
            Some(open) if closed.is_none() => {
                if !matches!(self.spec, BarSpec::Time(_)) {
                    open.bar.ts = trade.ts;
                }
                open.bar.high = open.bar.high.max(trade.price);
                open.bar.low = open.bar.low.min(trade.price);
                open.bar.close = trade.price;
                open.bar.volume += trade.qty;
                open.trades += 1;
                open.value += value;
            }
            _ => {
                let (open_ts, ts) = self.ends(trade.ts);
                let Trade { price, qty, .. } = *trade;
                let bar = Bar { open_ts, ts, open: price, high: price, low: price, close: price, volume: qty };
                self.open = Some(OpenBar { bar, trades: 1, value });
            }
        }
        closed
    }

    fn complete(&self, open: &OpenBar, now: Timestamp) -> bool {
        match self.spec {
            BarSpec::Time(_) => open.bar.ts <= now,
            BarSpec::Volume(qty) => open.bar.ts < now && qty <= open.bar.volume,
            BarSpec::Trades(count) => open.bar.ts < now && count <= open.trades,
            BarSpec::Dollar(value) => open.bar.ts < now && value <= open.value.abs(),
            BarSpec::Range(points) => open.bar.ts < now && points <= open.bar.high - open.bar.low,
            BarSpec::TickImbalance(_) | BarSpec::VolumeImbalance(_) => {
                open.bar.ts < now && self.imbalance.as_ref().is_some_and(|imbalance| imbalance.is_full(open.trades))
            }
        }
    }

    fn ends(&self, first_trade: Timestamp) -> (Timestamp, Timestamp) {
        match self.spec {
            BarSpec::Time(length) => {
                let start = first_trade.nanos().div_euclid(length.nanos()) * length.nanos();
                (Timestamp::from_nanos(start), Timestamp::from_nanos(start + length.nanos()))
            }
            BarSpec::Volume(_)
            | BarSpec::Trades(_)
            | BarSpec::Dollar(_)
            | BarSpec::Range(_)
            | BarSpec::TickImbalance(_)
            | BarSpec::VolumeImbalance(_) => (first_trade, first_trade),
        }
    }
}

/// All complete bars of `trades`, and for each the number of trades known at its close. The bar that the last
/// trades leave unfinished is not among them.
pub fn bars_from_trades(trades: &[Trade], spec: BarSpec, multiplier: f64) -> (Vec<Bar>, Vec<usize>) {
    let mut builder = BarBuilder::new(spec, multiplier);
    let mut bars = Vec::new();
    let mut trade_ends = Vec::new();
    for (index, trade) in trades.iter().enumerate() {
        if let Some(bar) = builder.update(trade) {
            bars.push(bar);
            trade_ends.push(index);
        }
    }
    (bars, trade_ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(rows: &[(i64, f64, f64)]) -> Vec<Trade> {
        rows.iter()
            .map(|&(secs, price, qty)| Trade { ts: Timestamp::from_secs(secs), price, qty, aggressor: None })
            .collect()
    }

    /// Expected: close time, open, high, low, close, volume, trades so far.
    fn check(spec: BarSpec, rows: &[(i64, f64, f64)], expected: &[(i64, f64, f64, f64, f64, f64, usize)]) {
        let (bars, ends) = bars_from_trades(&tape(rows), spec, 50.0);
        let found: Vec<_> = bars
            .iter()
            .zip(&ends)
            .map(|(b, end)| (b.ts.nanos() / 1_000_000_000, b.open, b.high, b.low, b.close, b.volume, *end))
            .collect();
        assert_eq!(found, expected, "{spec:?}");
        assert!(bars.windows(2).all(|pair| pair[0].ts < pair[1].ts && pair[0].ts <= pair[1].open_ts));
        assert!(bars.iter().all(|bar| bar.checked().is_ok()));
    }

    #[test]
    fn bars_close_when_their_measure_is_full() {
        let rows = [(0, 10.0, 1.0), (30, 12.0, 2.0), (59, 9.0, 1.0), (60, 11.0, 4.0), (200, 8.0, 1.0), (240, 7.0, 1.0)];
        let minute = BarSpec::Time("60s".parse().unwrap());
        check(
            minute,
            &rows,
            &[
                (60, 10.0, 12.0, 9.0, 9.0, 4.0, 3),
                (120, 11.0, 11.0, 11.0, 11.0, 4.0, 4),
                (240, 8.0, 8.0, 8.0, 8.0, 1.0, 5),
            ],
        );
        check(BarSpec::Volume(3.0), &rows, &[(30, 10.0, 12.0, 10.0, 12.0, 3.0, 2), (60, 9.0, 11.0, 9.0, 11.0, 5.0, 4)]);
        check(BarSpec::Trades(2), &rows, &[(30, 10.0, 12.0, 10.0, 12.0, 3.0, 2), (60, 9.0, 11.0, 9.0, 11.0, 5.0, 4)]);
        check(
            BarSpec::Dollar(1700.0),
            &rows,
            &[(30, 10.0, 12.0, 10.0, 12.0, 3.0, 2), (60, 9.0, 11.0, 9.0, 11.0, 5.0, 4)],
        );
        check(BarSpec::Range(2.0), &rows, &[(30, 10.0, 12.0, 10.0, 12.0, 3.0, 2), (60, 9.0, 11.0, 9.0, 11.0, 5.0, 4)]);
        check(BarSpec::Range(3.0), &rows, &[(59, 10.0, 12.0, 9.0, 9.0, 4.0, 3), (200, 11.0, 11.0, 8.0, 8.0, 5.0, 5)]);
    }

    #[test]
    fn trades_of_one_moment_stay_in_one_bar() {
        let rows = [(1, 10.0, 5.0), (1, 11.0, 5.0), (1, 9.0, 5.0), (2, 8.0, 5.0), (3, 8.0, 1.0)];
        for spec in [BarSpec::Volume(5.0), BarSpec::Trades(1), BarSpec::Dollar(1.0), BarSpec::TickImbalance(1)] {
            check(spec, &rows, &[(1, 10.0, 11.0, 9.0, 9.0, 15.0, 3), (2, 8.0, 8.0, 8.0, 8.0, 5.0, 4)]);
        }
    }

    #[test]
    fn sizes_must_be_above_zero() {
        for (json, expected) in [
            (r#"{"volume": 0}"#, "bars.volume = 0 is out of range; accepted: a number above 0"),
            (r#"{"dollar": -1}"#, "bars.dollar = -1 is out of range; accepted: a number above 0"),
            (r#"{"trades": 0}"#, "bars.trades = 0 is out of range; accepted: a whole number above 0"),
            (r#"{"range": -1}"#, "bars.range = -1 is out of range; accepted: a number above 0"),
            (r#"{"tick_imbalance": 0}"#, "bars.tick_imbalance = 0 is out of range; accepted: a whole number above 0"),
        ] {
            assert_eq!(serde_json::from_str::<BarSpec>(json).unwrap_err().to_string(), expected);
        }
        for (text, expected) in [
            (
                "5",
                "`5` is not a length of time; accepted: a whole number above 0 and ns, us, ms, s, m, h or d, for example `60s`",
            ),
            ("volume=0", "bars.volume = 0 is out of range; accepted: a number above 0"),
            ("trades=1.5", "`1.5` is not a number of trades; accepted: a whole number above 0"),
            (
                "ticks=5",
                "`ticks` is not a measure of bars; accepted: time, volume, trades, dollar, range, tick-imbalance, volume-imbalance, for example `volume=500`",
            ),
        ] {
            assert_eq!(text.parse::<BarSpec>().unwrap_err(), expected);
        }
        let spec: BarSpec = serde_json::from_str(r#"{"time": "5m"}"#).unwrap();
        assert_eq!(serde_json::to_string(&spec).unwrap(), r#"{"time":"5m"}"#);
    }
}
