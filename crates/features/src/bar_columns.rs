use std::ops::Range;

use scaleout_market::{Bar, BarRow, BarSeries, Timestamp};

/// Consecutive bars field by field, T of each, with their further columns bar by bar (T × columns).
///
/// What a feature does not read is never fetched, so reading bars this way is faster than bar by bar.
#[derive(Debug, Clone, Copy)]
pub struct BarColumns<'a> {
    /// When each bar began.
    pub open_ts: &'a [Timestamp],
    /// When each closed.
    pub ts: &'a [Timestamp],
    /// First prices.
    pub open: &'a [f64],
    /// Highest prices.
    pub high: &'a [f64],
    /// Lowest prices.
    pub low: &'a [f64],
    /// Last prices.
    pub close: &'a [f64],
    /// Quantities traded.
    pub volume: &'a [f64],
    /// Values of the further columns, bar by bar.
    pub rows: &'a [Option<f64>],
}

impl<'a> BarColumns<'a> {
    /// One bar as columns of length one.
    pub(crate) fn of_row(row: &BarRow<'a>) -> Self {
        let bar = row.bar;
        Self {
            open_ts: std::slice::from_ref(&bar.open_ts),
            ts: std::slice::from_ref(&bar.ts),
            open: std::slice::from_ref(&bar.open),
            high: std::slice::from_ref(&bar.high),
            low: std::slice::from_ref(&bar.low),
            close: std::slice::from_ref(&bar.close),
            volume: std::slice::from_ref(&bar.volume),
            rows: row.columns,
        }
    }

    /// The number of bars T.
    pub fn len(&self) -> usize {
        self.ts.len()
    }

    /// Whether there is no bar at all.
    pub fn is_empty(&self) -> bool {
        self.ts.is_empty()
    }

    /// The number of further columns.
    pub(crate) fn width(&self) -> usize {
        if self.rows.is_empty() { 0 } else { self.rows.len() / self.len() }
    }

    /// Bar `t`.
    #[inline]
    pub(crate) fn bar(&self, t: usize) -> Bar {
        Bar {
            open_ts: self.open_ts[t],
            ts: self.ts[t],
            open: self.open[t],
            high: self.high[t],
            low: self.low[t],
            close: self.close[t],
            volume: self.volume[t],
        }
    }

    /// The further columns of bar `t`.
    #[inline]
    pub(crate) fn row(&self, t: usize) -> &'a [Option<f64>] {
        let width = self.width();
        &self.rows[t * width..(t + 1) * width]
    }

    /// The further column at `place`, bar by bar.
    pub(crate) fn column(&self, place: usize) -> impl Iterator<Item = Option<f64>> + 'a {
        self.rows.chunks_exact(self.width().max(1)).map(move |row| row[place])
    }

    /// The bars in `range`.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let width = self.width();
        Self {
            open_ts: &self.open_ts[range.clone()],
            ts: &self.ts[range.clone()],
            open: &self.open[range.clone()],
            high: &self.high[range.clone()],
            low: &self.low[range.clone()],
            close: &self.close[range.clone()],
            volume: &self.volume[range.clone()],
            rows: &self.rows[range.start * width..range.end * width],
        }
    }
}

/// Bars that were copied into columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct BarBuffer {
    open_ts: Vec<Timestamp>,
    ts: Vec<Timestamp>,
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
    rows: Vec<Option<f64>>,
}

impl BarBuffer {
    /// Holds the bars `range` of `series` in place of what it held.
    pub(crate) fn refill(&mut self, series: &BarSeries, range: Range<usize>) {
        let bars = &series.bars()[range.clone()];
        self.fill(bars.iter());
        if !series.columns().is_empty() {
            self.rows.extend(range.flat_map(|t| series.row(t).columns));
        }
    }

    /// Holds `rows` in place of what it held.
    pub(crate) fn refill_rows(&mut self, rows: &[BarRow<'_>]) {
        self.fill(rows.iter().map(|row| row.bar));
        self.rows.extend(rows.iter().flat_map(|row| row.columns));
    }

    fn fill<'b>(&mut self, bars: impl Iterator<Item = &'b Bar>) {
        self.open_ts.clear();
        self.ts.clear();
        self.open.clear();
        self.high.clear();
        self.low.clear();
        self.close.clear();
        self.volume.clear();
        self.rows.clear();
        for bar in bars {
            self.open_ts.push(bar.open_ts);
            self.ts.push(bar.ts);
            self.open.push(bar.open);
            self.high.push(bar.high);
            self.low.push(bar.low);
            self.close.push(bar.close);
            self.volume.push(bar.volume);
        }
    }

    /// What it holds.
    pub(crate) fn columns(&self) -> BarColumns<'_> {
        BarColumns {
            open_ts: &self.open_ts,
            ts: &self.ts,
            open: &self.open,
            high: &self.high,
            low: &self.low,
            close: &self.close,
            volume: &self.volume,
            rows: &self.rows,
        }
    }
}
