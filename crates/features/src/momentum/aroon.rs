//! Aroon: how long ago the last high and low were.
//!
//! The high is now, the low two bars ago:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("aroon_up(window=2)", &[1.0, 2.0, 3.0])?, [None, None, Some(100.0)]);
//! assert_eq!(closes("aroon_down(window=2)", &[1.0, 2.0, 3.0])?, [None, None, Some(0.0)]);
//! assert_eq!(closes("aroon_oscillator(window=2)", &[1.0, 2.0, 3.0])?, [None, None, Some(100.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::{LatestHighest, Rolling},
};

const UP: Definition = Definition {
    name: "aroon_up",
    family: FeatureFamily::Momentum,
    summary: "How recent the highest high of the last n + 1 bars is: 100 now, 0 n bars ago.",
    formula: "100 * (n - bars since the latest highest high) / n",
    source: "Chande (1995), The time price oscillator",
    unit: "1, from 0 to 100",
    undefined: "never",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 14, 1, "bars looked back (n)")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::PURE,
    mirror: Mirror::Swapped("aroon_down"),
    reads_column: false,
    build: |parameters| {
        let mut highs = Recency::new(parameters.count("window"));
        on_columns(move |bars, values| highs.fold(bars.high, |high| high, values))
    },
    #[cfg(test)]
    naive: tests::up,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    UP,
    Definition {
        name: "aroon_down",
        summary: "How recent the lowest low of the last n + 1 bars is: 100 now, 0 n bars ago.",
        formula: "100 * (n - bars since the latest lowest low) / n",
        mirror: Mirror::Swapped("aroon_up"),
        build: |parameters| {
            let mut lows = Recency::new(parameters.count("window"));
            on_columns(move |bars, values| lows.fold(bars.low, |low| -low, values))
        },
        #[cfg(test)]
        naive: tests::down,
        ..UP
    },
    Definition {
        name: "aroon_oscillator",
        summary: "Aroon up minus Aroon down.",
        formula: "aroon_up - aroon_down",
        unit: "1, from -100 to 100",
        mirror: Mirror::Negated,
        build: |parameters| {
            let window = parameters.count("window");
            let (mut highs, mut lows, mut down) = (Recency::new(window), Recency::new(window), Vec::new());
            on_columns(move |bars, values| {
                down.resize(values.len(), f64::NAN);
                highs.fold(bars.high, |high| high, values);
                lows.fold(bars.low, |low| -low, &mut down);
                values.iter_mut().zip(&down).for_each(|(up, down)| *up -= down);
            })
        },
        #[cfg(test)]
        naive: tests::oscillator,
        ..UP
    },
];

/// How recent the highest of the last prices is.
struct Recency {
    window: f64,
    highest: Rolling<LatestHighest>,
    step: i64,
}

impl Recency {
    /// Over `window` prices and the one before them.
    fn new(window: usize) -> Self {
        Self { window: window as f64, highest: Rolling::new(window + 1), step: 0 }
    }

    /// Writes 100 where the `height` of a price is the highest, 0 where that of the oldest is, NaN while the window is not full.
    fn fold(&mut self, prices: &[f64], height: impl Fn(f64) -> f64, recency: &mut [f64]) {
        let (window, first) = (self.window, self.step);
        self.step += prices.len() as i64;
        let sample = |t, &price: &f64| Some(LatestHighest { value: height(price), step: first + t as i64 });
        self.highest.fold(prices, sample, recency, |t, latest| {
            100.0 * (window - (first + t as i64 - latest.step) as f64) / window
        });
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Bar, MarketHistory};

    use crate::{
        Parameters,
        contract::{bars, pick, rolling},
    };

    fn recency(parameters: &Parameters, history: &MarketHistory, price: fn(&Bar) -> f64) -> Vec<Option<f64>> {
        let n = parameters.count("window");
        rolling(bars(history), n + 1, |bars| {
            let best =
                (0..=n).rev().reduce(|best, at| if price(&bars[at]) > price(&bars[best]) { at } else { best })?;
            Some(100.0 * best as f64 / n as f64)
        })
    }

    pub(super) fn up(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        recency(parameters, history, |bar| bar.high)
    }

    pub(super) fn down(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        recency(parameters, history, |bar| -bar.low)
    }

    pub(super) fn oscillator(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (up, down) = (up(parameters, history), down(parameters, history));
        pick(up.len(), |t| Some(up[t]? - down[t]?))
    }
}
