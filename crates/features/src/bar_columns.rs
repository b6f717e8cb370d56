use std::ops::Range;

use scaleout_market::{Bar, BarRow, BarSeries, Timestamp};

/// Consecutive bars field by field, T of each, and their extra columns.
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
    /// Columns that a market's file has beside these.
    pub further: FurtherColumns<'a>,
}

/// Further columns of consecutive bars; NaN where the file has no value.
#[derive(Debug, Clone, Copy, Default)]
pub struct FurtherColumns<'a> {
    /// Column by column, `rows` values each.
    values: &'a [f64],
    rows: usize,
    /// The first bar that is meant.
    start: usize,
}

impl<'a> FurtherColumns<'a> {
    /// The columns that lie in `values` one after another, `rows` values each.
    pub fn new(values: &'a [f64], rows: usize) -> Self {
        assert!(values.len().is_multiple_of(rows.max(1)), "Invariant: further columns have one value a bar");
        Self { values, rows, start: 0 }
    }
}

impl<'a> BarColumns<'a> {
    /// One bar as columns of length one, with the values of its `further` columns.
    pub(crate) fn of_bar(bar: &'a Bar, further: &'a [f64]) -> Self {
        Self {
            open_ts: std::slice::from_ref(&bar.open_ts),
            ts: std::slice::from_ref(&bar.ts),
            open: std::slice::from_ref(&bar.open),
            high: std::slice::from_ref(&bar.high),
            low: std::slice::from_ref(&bar.low),
            close: std::slice::from_ref(&bar.close),
            volume: std::slice::from_ref(&bar.volume),
            further: FurtherColumns::new(further, 1),
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

    /// Holds the extra columns of bar `t` in `row` in place of what that held.
    pub(crate) fn copy_row(&self, t: usize, row: &mut Vec<Option<f64>>) {
        let FurtherColumns { values, rows, start } = self.further;
        row.clear();
        row.extend(values.iter().skip(start + t).step_by(rows.max(1)).map(|&value| defined(value)));
    }

    /// The extra column at `place`, NaN where it has no value.
    pub(crate) fn column(&self, place: usize) -> &'a [f64] {
        let first = place * self.further.rows + self.further.start;
        &self.further.values[first..first + self.len()]
    }

    /// The bars in `range`.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let further = FurtherColumns { start: self.further.start + range.start, ..self.further };
        Self {
            open_ts: &self.open_ts[range.clone()],
            ts: &self.ts[range.clone()],
            open: &self.open[range.clone()],
            high: &self.high[range.clone()],
            low: &self.low[range.clone()],
            close: &self.close[range.clone()],
            volume: &self.volume[range],
            further,
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
    further: Vec<f64>,
}

impl BarBuffer {
    /// Holds the bars `range` of `series` in place of what it held.
    pub(crate) fn refill(&mut self, series: &BarSeries, range: Range<usize>) {
        let bars = &series.bars()[range.clone()];
        self.fill(bars.iter());
        for column in series.columns() {
            self.further.extend(column.values[range.clone()].iter().map(|value| value.unwrap_or(f64::NAN)));
        }
    }

    /// Holds `rows` in place of what it held.
    pub(crate) fn refill_rows(&mut self, rows: &[BarRow<'_>]) {
        self.fill(rows.iter().map(|row| row.bar));
        let width = rows.first().map_or(0, |row| row.columns.len());
        for place in 0..width {
            self.further.extend(rows.iter().map(|row| row.columns[place].unwrap_or(f64::NAN)));
        }
    }

    fn fill<'b>(&mut self, bars: impl Iterator<Item = &'b Bar>) {
        self.open_ts.clear();
        self.ts.clear();
        self.open.clear();
        self.high.clear();
        self.low.clear();
        self.close.clear();
        self.volume.clear();
        self.further.clear();
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
            further: FurtherColumns::new(&self.further, self.ts.len()),
        }
    }
}

fn defined(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}
