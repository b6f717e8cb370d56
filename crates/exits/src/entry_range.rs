//! Whether the market showed the price of an entry.

use scaleout_market::Entry;

use crate::{Market, ReplayConfig};

/// What the market showed in the bar that holds an entry's fill moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntryRange {
    /// Lowest price at which the entry can have filled.
    pub low: f64,
    /// Highest price at which the entry can have filled.
    pub high: f64,
}

impl EntryRange {
    /// The range of bar `first_bar`, and the close before it where the entry fills at that moment, wider by what a fill may lose or a feed may differ by: half-spread, slippage and one
    /// tick.
    pub fn of(entry: &Entry, first_bar: usize, market: Market<'_>, config: &ReplayConfig) -> Self {
        let (bars, instrument) = (market.history.series.bars(), market.instrument);
        let half_spread = 0.5 * instrument.spread_ticks * instrument.tick_size;
        let slippage = config.slippage.points(entry.price, instrument.tick_size, bars, first_bar);
        // Prices of a market without ticks are compared as numbers that went through text.
        let rounding = 1e-9 * entry.price.abs();
        let beyond = half_spread + slippage + instrument.tick_size + rounding;
        let bar = &bars[first_bar];
        // An entry at the very close of the bar before has that close as its price, whatever the next bar opens at.
        let at_close = first_bar.checked_sub(1).map(|before| &bars[before]).filter(|before| before.ts == entry.ts);
        let close = at_close.map(|before| before.close);
        let (low, high) = close.map_or((bar.low, bar.high), |close| (bar.low.min(close), bar.high.max(close)));
        Self { low: low - beyond, high: high + beyond }
    }

    /// Whether `price` lies in the range.
    pub fn holds(&self, price: f64) -> bool {
        self.low <= price && price <= self.high
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Instrument, Side};

    use super::EntryRange;
    use crate::{
        Market, ReplayConfig, Slippage,
        test_market::{entry, history, instrument},
    };

    #[test]
    fn a_fill_lies_inside_its_bar_give_or_take_costs_and_a_tick() {
        let history = history(&[[100.0, 103.0, 99.0, 101.0]]);
        let free = instrument();
        let ticked = Instrument { tick_size: 0.5, spread_ticks: 2.0, ..instrument() };
        let check = |price: f64, instrument: &Instrument, slippage: Slippage, is_inside: bool| {
            let entry = entry(Side::Long, price, None, 1.0);
            let config = ReplayConfig { slippage, ..ReplayConfig::default() };
            let range = EntryRange::of(&entry, 1, Market { history: &history, instrument }, &config);
            assert_eq!(range.holds(price), is_inside, "{price} in {range:?}");
        };
        check(103.0, &free, Slippage::None, true);
        check(103.1, &free, Slippage::None, false);
        check(98.9, &free, Slippage::None, false);
        // Half a spread of .5 and a tick of .5.
        check(104.0, &ticked, Slippage::None, true);
        check(104.1, &ticked, Slippage::None, false);
        check(104.5, &ticked, Slippage::Ticks(1.0), true);
        check(97.5, &ticked, Slippage::Ticks(1.0), true);
        check(1_000.0, &ticked, Slippage::Ticks(1.0), false);
    }
}
