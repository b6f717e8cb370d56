//! From a reason to enter to an entry: price, stop, size and side.

use scaleout_features::{FeatureError, FeatureSet, FeatureSpec};
use scaleout_market::{BarSeries, Entry, EntryError, Instrument, MarketEvent, OutOfRange, Side};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::entries::signal::Signal;

/// Which directions a generator may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Directions {
    /// Longs and shorts.
    #[default]
    Both,
    /// Longs only.
    Long,
    /// Shorts only.
    Short,
}

impl Directions {
    fn allows(self, side: Side) -> bool {
        match (self, side) {
            (Self::Both, _) | (Self::Long, Side::Long) | (Self::Short, Side::Short) => true,
            (Self::Long, Side::Short) | (Self::Short, Side::Long) => false,
        }
    }
}

/// How a generated signal becomes an entry: at the next open, with a stop so many ATR away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Distance of the initial stop in average true ranges.
    pub stop_atr: f64,
    /// Window of the average true range.
    pub atr_bars: u32,
    /// The stop is never nearer than this many ticks.
    #[serde(default)]
    pub min_risk_ticks: f64,
    /// Quantity of each entry.
    pub qty: f64,
    /// Directions taken.
    #[serde(default)]
    pub sides: Directions,
    /// Bars that must pass between two entries of the generator.
    #[serde(default)]
    pub cooldown_bars: usize,
}

/// Why signals do not become entries.
#[derive(Debug, Error)]
pub enum PlacementError {
    /// A number of the section is out of its range.
    #[error("entries.placement.{0}")]
    OutOfRange(#[from] OutOfRange),
    /// The average true range cannot be built.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// An entry would be invalid.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl Placement {
    /// The entries of `signals` in `series`, in order of time. Signals before the average true range is warm, in a
    /// direction not taken, inside the cooldown or on the last bar give none.
    ///
    /// # Errors
    /// If the average true range cannot be built, or an entry would be invalid.
    pub fn place(
        &self,
        signals: &[Signal],
        series: &BarSeries,
        instrument: &Instrument,
    ) -> Result<Vec<Entry>, PlacementError> {
        self.check()?;
        let atr = average_true_range(self.atr_bars, series)?;
        let bars = series.bars();
        let mut entries = Vec::new();
        let mut free_from = 0;
        for signal in signals {
            let Some(next) = bars.get(signal.t + 1) else { continue };
            let Some(range) = atr[signal.t] else { continue };
            if signal.t < free_from || !self.sides.allows(signal.side) {
                continue;
            }
            let risk = on_tick((range * self.stop_atr).max(self.min_risk_ticks * instrument.tick_size), instrument);
            if risk <= 0.0 {
                continue;
            }
            let entry = Entry {
                id: format!("{}-{:05}", instrument.symbol, entries.len() + 1),
                symbol: instrument.symbol.clone(),
                ts: next.open_ts,
                side: signal.side,
                price: next.open,
                risk,
                stop: Some(next.open - signal.side.sign() * risk),
                qty: self.qty,
                tags: Vec::new(),
                adds: Vec::new(),
            };
            entries.push(entry.checked()?);
            free_from = signal.t + 1 + self.cooldown_bars;
        }
        Ok(entries)
    }

    fn check(&self) -> Result<(), PlacementError> {
        for (field, value) in [("stop_atr", self.stop_atr), ("qty", self.qty)] {
            OutOfRange::above_zero(field, value)?;
        }
        Ok(OutOfRange::at_least_zero("min_risk_ticks", self.min_risk_ticks)?)
    }
}

/// The distance rounded up to a whole tick, so that the stop lies on the exchange's price grid.
fn on_tick(distance: f64, instrument: &Instrument) -> f64 {
    let tick = instrument.tick_size;
    if tick > 0.0 { (distance / tick - 1e-9).ceil() * tick } else { distance }
}

fn average_true_range(window: u32, series: &BarSeries) -> Result<Vec<Option<f64>>, FeatureError> {
    let spec = FeatureSpec { name: "atr".to_owned(), parameters: [("window".to_owned(), f64::from(window))].into() };
    let set = FeatureSet::new(vec![spec])?;
    let bars = (0..series.len()).map(|t| MarketEvent::Bar(series.row(t)));
    let table = set.table(&series.column_names(), bars)?;
    Ok((0..series.len()).map(|t| table.row(t)[0]).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use scaleout_market::{Bar, Timestamp};

    use super::*;

    pub fn bars_from_closes(closes: &[f64]) -> Vec<Bar> {
        let mut open = closes[0];
        let mut bars = Vec::new();
        for (t, &close) in closes.iter().enumerate() {
            bars.push(Bar {
                open_ts: Timestamp::from_secs(60 * t as i64),
                ts: Timestamp::from_secs(60 * (t as i64 + 1)),
                open,
                high: open.max(close),
                low: open.min(close),
                close,
                volume: 1.0,
            });
            open = close;
        }
        bars
    }

    fn instrument() -> Instrument {
        toml::from_str("symbol = 'X'\ncurrency = 'USD'\ntick_size = 0.25").unwrap()
    }

    fn placement() -> Placement {
        Placement {
            stop_atr: 1.0,
            atr_bars: 2,
            min_risk_ticks: 0.0,
            qty: 4.0,
            sides: Directions::Both,
            cooldown_bars: 0,
        }
    }

    #[test]
    fn an_entry_fills_at_the_next_open_with_a_stop_on_the_tick() {
        let series = BarSeries::new(bars_from_closes(&[10.0, 10.6, 11.2, 11.8, 12.4]), vec![]).unwrap();
        let signals = [Signal { t: 3, side: Side::Long }];
        let entries = placement().place(&signals, &series, &instrument()).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].price, entries[0].risk, entries[0].stop), (11.8, 0.75, Some(11.8 - 0.75)));
        assert_eq!(entries[0].ts, series.bars()[4].open_ts);
    }

    #[test]
    fn cooldown_sides_minimum_risk_and_the_last_bar_each_matter() {
        let series = BarSeries::new(bars_from_closes(&[10.0, 10.6, 11.2, 11.8, 12.4, 12.4]), vec![]).unwrap();
        let signals =
            [Signal { t: 3, side: Side::Long }, Signal { t: 4, side: Side::Short }, Signal { t: 5, side: Side::Long }];
        let count = |placement: Placement| placement.place(&signals, &series, &instrument()).unwrap().len();
        assert_eq!(count(placement()), 2);
        assert_eq!(count(Placement { cooldown_bars: 3, ..placement() }), 1);
        assert_eq!(count(Placement { sides: Directions::Short, ..placement() }), 1);
        let wide = Placement { min_risk_ticks: 8.0, ..placement() }.place(&signals, &series, &instrument()).unwrap();
        assert_eq!(wide[0].risk, 2.0);
        assert!(Placement { qty: 0.0, ..placement() }.place(&signals, &series, &instrument()).is_err());
    }
}
