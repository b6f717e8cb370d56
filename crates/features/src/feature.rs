use std::ops::Range;

use scaleout_market::{BarSeries, MarketEvent};

/// A number about the market that is kept up to date event by event.
///
/// After any sequence of events the value is a function of those events alone: nothing sees the future.
pub trait Feature: Send {
    /// Takes in one event; events come in order of time. Amortised O(1).
    fn update(&mut self, event: &MarketEvent<'_>);

    /// The present value; `None` during warm-up and where the definition gives no number.
    fn value(&self) -> Option<f64>;

    /// Takes in `events` and appends the value after each bar to `at_closes`: the same steps as [`Self::update`]
    /// and [`Self::value`], without a virtual call for each.
    fn fold(&mut self, events: &[MarketEvent<'_>], at_closes: &mut Vec<Option<f64>>) {
        for event in events {
            self.update(event);
            if matches!(event, MarketEvent::Bar(_)) {
                at_closes.push(self.value());
            }
        }
    }

    /// Takes in the bars `range` of `series` and appends the value after each to `at_closes`: what [`Self::fold`] does
    /// for a feature that reads nothing but bars.
    fn fold_bars(&mut self, series: &BarSeries, range: Range<usize>, at_closes: &mut Vec<Option<f64>>) {
        at_closes.extend(range.map(|t| {
            self.update(&MarketEvent::Bar(series.row(t)));
            self.value()
        }));
    }
}
