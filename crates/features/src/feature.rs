use scaleout_market::{BarRow, MarketEvent};

use crate::BarColumns;

/// A number about the market that is kept up to date event by event.
///
/// After any sequence of events the value is a function of those events alone: nothing sees the future.
pub trait Feature: Send {
    /// Takes in one event; events come in order of time. Amortised O(1).
    fn update(&mut self, event: &MarketEvent<'_>);

    /// The present value; `None` during warm-up and where the definition gives no number.
    fn value(&self) -> Option<f64>;

    /// Takes in `events` and appends the value after each bar to `at_closes`, NaN where there is none: the same steps
    /// as [`Self::update`] and [`Self::value`], without a virtual call for each.
    fn fold(&mut self, events: &[MarketEvent<'_>], at_closes: &mut Vec<f64>) {
        for event in events {
            self.update(event);
            if matches!(event, MarketEvent::Bar(_)) {
                at_closes.push(self.value().unwrap_or(f64::NAN));
            }
        }
    }

    /// Takes in `bars` and writes the value after each to `at_closes` (of equal length), NaN where there is none: what
    /// [`Self::fold`] does for a feature that reads nothing but bars.
    fn fold_bars(&mut self, bars: BarColumns<'_>, at_closes: &mut [f64]) {
        let mut row = Vec::new();
        for (t, at_close) in at_closes.iter_mut().enumerate() {
            bars.copy_row(t, &mut row);
            self.update(&MarketEvent::Bar(BarRow { bar: &bars.bar(t), columns: &row }));
            *at_close = self.value().unwrap_or(f64::NAN);
        }
    }
}
