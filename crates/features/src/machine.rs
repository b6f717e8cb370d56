use scaleout_market::{Bar, BarRow, BookSnapshot, MarketEvent, Quote, Timestamp};

use crate::Feature;

/// A feature of bars alone: `step` takes in each bar and returns the value at its close.
pub(crate) fn on_bars(mut step: impl FnMut(&Bar) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    on_rows(move |row| step(row.bar))
}

/// A feature of bars with their further columns.
pub(crate) fn on_rows(step: impl FnMut(&BarRow<'_>) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    Box::new(OnRows { step, value: None })
}

struct OnRows<F> {
    step: F,
    value: Option<f64>,
}

impl<F: FnMut(&BarRow<'_>) -> Option<f64> + Send> Feature for OnRows<F> {
    #[inline]
    fn update(&mut self, event: &MarketEvent<'_>) {
        if let MarketEvent::Bar(row) = event {
            self.value = (self.step)(row);
        }
    }

    #[inline]
    fn value(&self) -> Option<f64> {
        self.value
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
