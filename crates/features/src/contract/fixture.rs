use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_market::{Aggressor, Bar, BarSeries, BookSnapshot, Column, Level, MarketHistory, Quote, Timestamp, Trade};

/// A made-up market with everything in it: trades, quotes, books, a column with holes, a gap, and an hour in which
/// nothing trades and nothing moves. Prices are multiples of a quarter, so that sums of prices are exact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixture {
    pub(super) bars: usize,
    /// Starting price.
    pub(super) level: f64,
    /// Starting value of the column.
    pub(super) other_level: f64,
    pub(super) price_factor: f64,
    pub(super) price_shift: f64,
    pub(super) volume_factor: f64,
    /// Whether prices are reflected about the level, and buyers and sellers, bids and asks exchanged.
    pub(super) mirrored: bool,
}

/// Quiet from this bar on.
const QUIET_FROM: usize = 900;
const QUIET_BARS: usize = 70;

impl Fixture {
    pub(super) const fn ordinary() -> Self {
        Self {
            bars: 1_500,
            level: 400.0,
            other_level: 50.0,
            price_factor: 1.0,
            price_shift: 0.0,
            volume_factor: 1.0,
            mirrored: false,
        }
    }

    /// Prices on both sides of 0.
    pub(super) const fn real_prices() -> Self {
        Self { level: 20.0, ..Self::ordinary() }
    }

    /// A hundred thousand bars at level a hundred thousand.
    pub(super) const fn long() -> Self {
        Self { bars: 100_000, level: 100_000.0, ..Self::ordinary() }
    }

    /// A hundred thousand trades, quotes and books at level a hundred thousand.
    pub(super) const fn long_in_ticks() -> Self {
        Self { bars: 18_000, ..Self::long() }
    }

    pub(super) fn market(&self) -> MarketHistory {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut history = MarketHistory::default();
        let mut bars = Vec::with_capacity(self.bars);
        let mut other = Column { name: "other".to_owned(), values: Vec::with_capacity(self.bars) };
        let (mut ticks, mut other_ticks) = (0_i64, 0_i64);
        for t in 0..self.bars {
            let quiet = (QUIET_FROM..QUIET_FROM + QUIET_BARS).contains(&t);
            let start = 1_380_000_000_000_000_000 + 60_000_000_000 * t as i64;
            if t == 600 || t == 1_200 {
                // A gap down; where prices are real it crosses 0.
                ticks -= 120;
            }
            if t == 700 || t == 1_300 {
                ticks += 150;
            }
            let mut prices: Vec<i64> = Vec::new();
            let mut volume = 0.0;
            let events = if quiet { 0 } else { rng.random_range(4..9_i64) };
            for place in 0..events {
                let ts = Timestamp::from_nanos(start + place * 6_500_000_000 + rng.random_range(0..1_000_000_000));
                let aggressor = if rng.random_bool(0.5) { Aggressor::Buy } else { Aggressor::Sell };
                self.post(&mut history, &mut rng, ts, ticks);
                let price = if aggressor == Aggressor::Buy { ticks + 1 } else { ticks - 1 };
                let qty = f64::from(rng.random_range(1..9_u32)) * self.volume_factor;
                let aggressor = (place > 0 || rng.random_bool(0.5)).then_some(aggressor);
                let shown = aggressor.map(|side| match (side, self.mirrored) {
                    (Aggressor::Buy, true) => Aggressor::Sell,
                    (Aggressor::Sell, true) => Aggressor::Buy,
                    (side, false) => side,
                });
                let ts = ts.plus_nanos(500_000_000);
                history.trades.push(Trade { ts, price: self.price(price), qty, aggressor: shown });
                prices.push(price);
                volume += qty;
                ticks += rng.random_range(-3..=3_i64) + aggressor.map_or(0, |side| side.sign() as i64);
            }
            let still = bars.last().map_or(self.price(ticks), |bar: &Bar| bar.close);
            let extreme =
                |from: f64, pick: fn(f64, f64) -> f64| prices.iter().map(|&price| self.price(price)).fold(from, pick);
            let open = prices.first().map_or(still, |&price| self.price(price));
            bars.push(Bar {
                open_ts: Timestamp::from_nanos(start),
                ts: Timestamp::from_nanos(start + 60_000_000_000),
                open,
                high: extreme(open, f64::max),
                low: extreme(open, f64::min),
                close: prices.last().map_or(still, |&price| self.price(price)),
                volume,
            });
            history.trade_ends.push(history.trades.len());
            history.quote_ends.push(history.quotes.len());
            history.book_ends.push(history.books.len());
            other_ticks += rng.random_range(-4..=4_i64);
            let hole = t % 400 == 399;
            let other_price = 0.25 * self.way() * (other_ticks + ticks / 3) as f64;
            other.values.push((!hole).then_some(self.other_level + other_price));
        }
        history.series = BarSeries::new(bars, vec![other]).unwrap();
        history
    }

    /// A quote and a book around the price of `ticks`.
    fn post(&self, history: &mut MarketHistory, rng: &mut ChaCha8Rng, ts: Timestamp, ticks: i64) {
        let mut side = |step: i64| -> Vec<Level> {
            let widening = rng.random_range(0..2_i64);
            let mut qty = || f64::from(rng.random_range(1..30_u32)) * self.volume_factor;
            (0..6).map(|depth| Level { price: self.price(ticks + step * (1 + widening + depth)), qty: qty() }).collect()
        };
        let (below, above) = (side(-1), side(1));
        let (bids, asks) = if self.mirrored { (above, below) } else { (below, above) };
        history.quotes.push(Quote {
            ts,
            bid: bids[0].price,
            bid_qty: bids[0].qty,
            ask: asks[0].price,
            ask_qty: asks[0].qty,
        });
        history.books.push(BookSnapshot { ts: ts.plus_nanos(1_000), bids, asks });
    }

    /// 1, or −1 on the mirrored market.
    fn way(&self) -> f64 {
        if self.mirrored { -1.0 } else { 1.0 }
    }

    fn price(&self, ticks: i64) -> f64 {
        (self.level + 0.25 * self.way() * ticks as f64) * self.price_factor + self.price_shift
    }
}
