//! Fills against a simulator in whole ticks: on every tick size, at every latency, at exact touches.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_market::{Bar, BarSeries, Entry, Instrument, MarketHistory, Side, Timestamp};

use crate::{
    Fraction, LimitFill, Market, Objective, ReplayConfig,
    policies::{Armed, Distance, Follow, Ladder, Offset, Rung, Spacing, StopRule, Trail, Trigger},
    replay,
    test_market::{MINUTE_NS, no_features},
};

const BARS: usize = 14;

/// A trade in whole ticks, written as a long: prices of a short are negated.
#[derive(Debug)]
struct Ticks {
    bars: Vec<[i64; 4]>,
    risk: i64,
    stop: i64,
    /// Ticks above the entry and lots, nearest first.
    rungs: Vec<(i64, u32)>,
    lots: u32,
    moves: Moves,
    fill_on: LimitFill,
    latency: usize,
}

#[derive(Debug, Clone, Copy)]
enum Moves {
    Never,
    ToEntryAfter(i64),
    BehindClose(i64),
    BehindBest(i64),
}

impl Ticks {
    fn random(rng: &mut ChaCha8Rng) -> Self {
        let risk = [4, 5, 8, 10, 20, 25, 40, 50][rng.random_range(0..8)];
        let first = rng.random_range(2_000..60_000_i64);
        let mut close = first;
        let bars: Vec<[i64; 4]> = (0..BARS)
            .map(|t| {
                let gap = if 0 < t && rng.random_bool(0.2) { rng.random_range(-risk..=risk) } else { 0 };
                let open = close + gap;
                close = open + rng.random_range(-risk..=risk) / 2;
                let high = open.max(close) + rng.random_range(0..=risk / 2);
                [open, high, open.min(close) - rng.random_range(0..=risk / 2), close]
            })
            .collect();
        let count = rng.random_range(1..12);
        let mut level = 0;
        let mut rungs: Vec<(i64, u32)> = (0..count)
            .map(|_| {
                level += rng.random_range(1..=risk / 2);
                (level, rng.random_range(1..9))
            })
            .collect();
        if rng.random_bool(0.5) {
            rungs.truncate(4);
        }
        let runner = if rng.random_bool(0.3) { rng.random_range(1..9) } else { 0 };
        let lots = rungs.iter().map(|(_, lots)| lots).sum::<u32>() + runner;
        let distance = rng.random_range(1..=risk);
        Self {
            stop: first - rng.random_range(1..=2 * risk),
            bars,
            risk,
            rungs,
            lots,
            moves: [
                Moves::Never,
                Moves::ToEntryAfter(distance),
                Moves::BehindClose(distance),
                Moves::BehindBest(distance),
            ][rng.random_range(0..4)],
            fill_on: if rng.random_bool(0.5) { LimitFill::Touch } else { LimitFill::TradeThrough },
            latency: rng.random_range(0..4),
        }
    }

    /// Every fill as bar, lots and ticks, worked out in whole numbers.
    fn fills(&self) -> Vec<(usize, u32, i64)> {
        let through = if self.fill_on == LimitFill::Touch { 0 } else { 1 };
        let entry = self.bars[0][0];
        let mut rungs = self.rungs.clone();
        let (mut left, mut fills) = (self.lots, Vec::new());
        // The first decision is at the fill: a stop that follows begins behind the entry.
        let mut known = vec![match self.moves {
            Moves::Never | Moves::ToEntryAfter(_) => self.stop,
            Moves::BehindClose(distance) | Moves::BehindBest(distance) => self.stop.max(entry - distance),
        }];
        let (mut best, mut stop) = (entry, self.stop);
        for (t, &[open, high, low, close]) in self.bars.iter().enumerate() {
            if self.latency <= t {
                stop = stop.max(known[t - self.latency]);
            }
            let works = self.latency <= t;
            if open <= stop {
                fills.push((t, left, open));
                return fills;
            }
            let sell = |at: &dyn Fn(i64) -> i64, price: i64, rungs: &mut Vec<(i64, u32)>, left: &mut u32| {
                let mut sold = Vec::new();
                while works && 0 < *left && rungs.first().is_some_and(|(level, _)| level + entry + through <= price) {
                    let (level, lots) = rungs.remove(0);
                    *left -= lots;
                    sold.push((t, lots, at(level + entry)));
                }
                sold
            };
            fills.extend(sell(&|_| open, open, &mut rungs, &mut left));
            if 0 < left && low <= stop {
                fills.push((t, left, stop));
                return fills;
            }
            fills.extend(sell(&|level| level, high, &mut rungs, &mut left));
            if left == 0 {
                return fills;
            }
            best = best.max(high);
            let before = known[t];
            known.push(before.max(match self.moves {
                Moves::Never => before,
                Moves::ToEntryAfter(gain) if entry + gain <= best => entry,
                Moves::ToEntryAfter(_) => before,
                Moves::BehindClose(distance) => close - distance,
                Moves::BehindBest(distance) => best - distance,
            }));
        }
        let last = self.bars[self.bars.len() - 1][3];
        fills.push((self.bars.len(), left, last));
        fills
    }

    fn ladder(&self) -> Ladder {
        let in_r = |ticks: i64| ticks as f64 / self.risk as f64;
        let trail = |distance, follow| {
            StopRule::Trail(Trail { distance: Distance::R(in_r(distance)), follow, from_r: 0.0, armed: Armed::Close })
        };
        let rung = |&(level, lots): &(i64, u32)| Rung {
            level: in_r(level),
            fraction: Fraction::from_share(f64::from(lots) / f64::from(self.lots)).unwrap(),
        };
        Ladder {
            name: None,
            rungs: self.rungs.iter().map(rung).collect(),
            spacing: Spacing::R,
            expires_bars: None,
            stop: match self.moves {
                Moves::Never => StopRule::Entry,
                Moves::ToEntryAfter(gain) => {
                    StopRule::BreakEven { after: Trigger::GainR(in_r(gain)), offset: Offset::None }
                }
                Moves::BehindClose(distance) => trail(distance, Follow::Close),
                Moves::BehindBest(distance) => trail(distance, Follow::Extreme),
            },
        }
    }

    /// The same by the simulator, with ticks of `mantissa` · 10^−`decimals`.
    fn replayed(&self, side: Side, mantissa: i64, decimals: usize, is_any_price: bool) -> Vec<(usize, u32, f64)> {
        // A short's prices lie as far below as the long's above, and above 0.
        let mirror = 2 * self.bars[0][0];
        let price = |ticks: i64| written(if side == Side::Long { ticks } else { mirror - ticks }, mantissa, decimals);
        let first = self.bars[0][0];
        let last = self.bars[BARS - 1][3];
        let rows: Vec<[i64; 4]> = [&[[first; 4]], self.bars.as_slice(), &[[last; 4]]].concat();
        let bars = rows.into_iter().enumerate().map(|(t, [open, high, low, close])| Bar {
            open_ts: Timestamp::from_nanos(t as i64 * MINUTE_NS),
            ts: Timestamp::from_nanos((t as i64 + 1) * MINUTE_NS),
            open: price(open),
            high: price(high).max(price(low)),
            low: price(high).min(price(low)),
            close: price(close),
            volume: 1.0,
        });
        let history = MarketHistory::from_series(BarSeries::new(bars.collect(), vec![]).unwrap());
        let tick_size = if is_any_price { 0.0 } else { written(1, mantissa, decimals) };
        let instrument = Instrument { tick_size, lot_step: 1.0, ..Instrument::frictionless("X", "USD") };
        let entry = Entry {
            id: "a".into(),
            symbol: "X".into(),
            ts: Timestamp::from_nanos(MINUTE_NS),
            side,
            price: price(first),
            risk: written(self.risk, mantissa, decimals),
            stop: Some(price(self.stop)),
            qty: f64::from(self.lots),
            tags: vec![],
            adds: Vec::new(),
        };
        let config = ReplayConfig {
            horizon_bars: BARS as u32,
            limit_fill: self.fill_on,
            latency_bars: self.latency as u32,
            ..ReplayConfig::default()
        };
        let market = Market { history: &history, instrument: &instrument };
        let objective = Objective::mean_variance(0.0);
        let outcome = replay(&entry, 1, market, &no_features(), &self.ladder(), &objective, &config).unwrap();
        outcome.legs.iter().map(|leg| (leg.bar - 1, leg.qty as u32, leg.price)).collect()
    }
}

/// The number that a file with this price holds.
fn written(ticks: i64, mantissa: i64, decimals: usize) -> f64 {
    format!("{}e-{decimals}", ticks * mantissa).parse().unwrap()
}

#[test]
fn every_fill_is_that_of_whole_ticks() {
    let ticks = [(1, 0), (25, 2), (1, 1), (5, 2), (1, 2), (1, 3), (1, 4), (1, 5), (3_125, 5), (1, 8)];
    let mut rng = ChaCha8Rng::seed_from_u64(19);
    for round in 0..3_000 {
        let case = Ticks::random(&mut rng);
        let expected = case.fills();
        let (mantissa, decimals) = ticks[round % ticks.len()];
        let mirror = 2 * case.bars[0][0];
        for side in [Side::Long, Side::Short] {
            for is_any_price in [false, true] {
                let got = case.replayed(side, mantissa, decimals, is_any_price);
                let at = |ticks: i64| if side == Side::Long { ticks } else { mirror - ticks };
                let wanted: Vec<(usize, u32, f64)> = expected
                    .iter()
                    .map(|&(bar, lots, price)| (bar, lots, written(at(price), mantissa, decimals)))
                    .collect();
                assert_eq!(got, wanted, "{side:?}, tick {mantissa}e-{decimals}, any price {is_any_price}: {case:?}");
            }
        }
    }
}

#[test]
fn ten_times_the_prices_are_the_same_trade() {
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    for _ in 0..300 {
        let case = Ticks::random(&mut rng);
        let of = |decimals| -> Vec<(usize, u32)> {
            case.replayed(Side::Long, 1, decimals, false).iter().map(|&(bar, lots, _)| (bar, lots)).collect()
        };
        assert_eq!(of(2), of(3));
        assert_eq!(of(2), of(7));
    }
}
