use scaleout_market::{Bar, BarRow, BookSnapshot, MarketEvent, Quote, Timestamp};

use crate::{BarColumns, Feature};

/// A feature of bars alone: `step` takes in each bar and returns the value at its close.
pub(crate) fn on_bars(step: impl FnMut(&Bar) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    Box::new(OnBars { step, value: None })
}

/// A feature of bars with their extra columns.
pub(crate) fn on_rows(step: impl FnMut(&BarRow<'_>) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    Box::new(OnRows { step, value: None })
}

struct OnBars<F> {
    step: F,
    value: Option<f64>,
}

impl<F: FnMut(&Bar) -> Option<f64> + Send> Feature for OnBars<F> {
    fn update(&mut self, event: &MarketEvent<'_>) {
        if let MarketEvent::Bar(row) = event {
            self.fold_bars(BarColumns::of_bar(row.bar, &[]), &mut [0.0]);
        }
    }

    fn value(&self) -> Option<f64> {
        self.value
    }

    // The only caller of `step`, so that it is compiled into this loop and reads only the fields that it needs.
    fn fold_bars(&mut self, bars: BarColumns<'_>, at_closes: &mut [f64]) {
        let len = at_closes.len();
        let (open_ts, ts) = (&bars.open_ts[..len], &bars.ts[..len]);
        let (open, high, low) = (&bars.open[..len], &bars.high[..len], &bars.low[..len]);
        let (close, volume) = (&bars.close[..len], &bars.volume[..len]);
        for (t, at_close) in at_closes.iter_mut().enumerate() {
            let bar = Bar {
                open_ts: open_ts[t],
                ts: ts[t],
                open: open[t],
                high: high[t],
                low: low[t],
                close: close[t],
                volume: volume[t],
            };
            self.value = (self.step)(&bar);
            *at_close = self.value.unwrap_or(f64::NAN);
        }
    }
}

struct OnRows<F> {
    step: F,
    value: Option<f64>,
}

impl<F: FnMut(&BarRow<'_>) -> Option<f64> + Send> Feature for OnRows<F> {
    fn update(&mut self, event: &MarketEvent<'_>) {
        if let MarketEvent::Bar(row) = event {
            self.value = (self.step)(row);
        }
    }

    fn value(&self) -> Option<f64> {
        self.value
    }

    fn fold_bars(&mut self, bars: BarColumns<'_>, at_closes: &mut [f64]) {
        let mut row = Vec::new();
        for (t, at_close) in at_closes.iter_mut().enumerate() {
            bars.copy_row(t, &mut row);
            self.value = (self.step)(&BarRow { bar: &bars.bar(t), columns: &row });
            *at_close = self.value.unwrap_or(f64::NAN);
        }
    }
}

/// A feature of bars that takes in a stretch of them at a time: `fold` writes the value after each, NaN where there is
/// none, and must not depend on how bars are cut into stretches.
pub(crate) fn on_columns(fold: impl FnMut(BarColumns<'_>, &mut [f64]) + Send + 'static) -> Box<dyn Feature> {
    Box::new(OnColumns { fold, value: f64::NAN, further: Vec::new() })
}

struct OnColumns<F> {
    fold: F,
    /// After the last bar; NaN where there is none.
    value: f64,
    /// The extra columns of a bar that comes alone.
    further: Vec<f64>,
}

impl<F: FnMut(BarColumns<'_>, &mut [f64]) + Send> Feature for OnColumns<F> {
    fn update(&mut self, event: &MarketEvent<'_>) {
        if let MarketEvent::Bar(row) = event {
            let mut further = std::mem::take(&mut self.further);
            further.clear();
            further.extend(row.columns.iter().map(|value| value.unwrap_or(f64::NAN)));
            self.fold_bars(BarColumns::of_bar(row.bar, &further), &mut [0.0]);
            self.further = further;
        }
    }

    fn value(&self) -> Option<f64> {
        (!self.value.is_nan()).then_some(self.value)
    }

    fn fold_bars(&mut self, bars: BarColumns<'_>, at_closes: &mut [f64]) {
        if let Some(last) = at_closes.len().checked_sub(1) {
            (self.fold)(bars, at_closes);
            self.value = at_closes[last];
        }
    }
}

/// A feature of the last quote at each close.
pub(crate) fn on_quotes_at_closes(mut step: impl FnMut(&Quote) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    let mut last = None;
    on_events(move |event| match event {
        MarketEvent::Quote(quote) => {
            last = Some(**quote);
            None
        }
        MarketEvent::Bar(_) => last.as_ref().and_then(&mut step),
        MarketEvent::Trade(_) | MarketEvent::Book(_) => None,
    })
}

/// A feature of the last order book at each close.
pub(crate) fn on_books_at_closes(
    mut step: impl FnMut(&BookSnapshot) -> Option<f64> + Send + 'static,
) -> Box<dyn Feature> {
    let mut last = BookSnapshot { ts: Timestamp::from_nanos(0), bids: Vec::new(), asks: Vec::new() };
    let mut seen = false;
    on_events(move |event| match event {
        MarketEvent::Book(book) => {
            last.bids.clone_from(&book.bids);
            last.asks.clone_from(&book.asks);
            seen = true;
            None
        }
        MarketEvent::Bar(_) if seen => step(&last),
        MarketEvent::Bar(_) | MarketEvent::Trade(_) | MarketEvent::Quote(_) => None,
    })
}

/// A feature of any events: `step` takes in each; what it returns at a bar is the value until the next bar.
pub(crate) fn on_events(step: impl FnMut(&MarketEvent<'_>) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    Box::new(OnEvents { step, value: None })
}

struct OnEvents<F> {
    step: F,
    value: Option<f64>,
}

impl<F: FnMut(&MarketEvent<'_>) -> Option<f64> + Send> Feature for OnEvents<F> {
    #[inline]
    fn update(&mut self, event: &MarketEvent<'_>) {
        let value = (self.step)(event);
        if matches!(event, MarketEvent::Bar(_)) {
            self.value = value;
        }
    }

    #[inline]
    fn value(&self) -> Option<f64> {
        self.value
    }
}
