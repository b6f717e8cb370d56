use scaleout_market::{Bar, BarSeries, Entry, Instrument, MarketHistory};

/// The market that a trade is replayed in.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    /// Bars, and ticks where there are some.
    pub history: &'a MarketHistory,
    /// Costs, lots and ticks.
    pub instrument: &'a Instrument,
}

impl<'a> Market<'a> {
    /// The bars.
    pub fn bars(&self) -> &'a [Bar] {
        self.history.series.bars()
    }
}

/// The bar in which `entry` fills: the one whose inside encloses its moment, else the first that opens at or after
/// it; `None` after the last bar.
///
/// A moment equal to a bar's open belongs to that bar, one equal to its close to the next.
pub fn locate_entry(entry: &Entry, series: &BarSeries) -> Option<usize> {
    let bars = series.bars();
    let at = bars.partition_point(|bar| bar.ts <= entry.ts);
    // A bar without duration (a tick bar of one trade) closes at its open and still holds its own open.
    match at.checked_sub(1) {
        Some(before) if bars[before].open_ts == entry.ts => Some(before),
        _ => (at < bars.len()).then_some(at),
    }
}
