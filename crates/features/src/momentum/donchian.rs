//! Donchian channel: its lines, and the place of the close between them.
//!
//! Highest 4, lowest 0, close 3:
//! ```
//! use scaleout_features::examples::bars;
//! let rows = [[1.0, 4.0, 0.0, 1.0, 1.0], [1.0, 3.0, 1.0, 3.0, 1.0]];
//! assert_eq!(bars("donchian_position(window=2)", &rows)?, [None, Some(0.75)]);
//! assert_eq!(bars("donchian_high(window=2)", &rows)?, [None, Some(4.0)]);
//! assert_eq!(bars("donchian_low(window=2)", &rows)?, [None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::{Highest, Lowest, Rolling, RollingRange},
};

const POSITION: Definition = Definition {
    name: "donchian_position",
    family: FeatureFamily::Momentum,
    summary: "Where the close stands in the range of the last n bars: 0 at the low, 1 at the high.",
    formula: "(close - lowest low) / (highest high - lowest low), the last bar included",
    source: "Donchian (1960), High finance in copper; Faith (2007), Way of the Turtle",
    unit: "1, from 0 to 1",
    undefined: "where the range is 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Complement(1.0),
    reads_column: false,
    build: |parameters| {
        let (mut range, mut lowest) = (RollingRange::new(parameters.count("window")), Vec::new());
        on_columns(move |bars, values| {
            lowest.resize(values.len(), f64::NAN);
            range.fold(bars.high, bars.low, values, &mut lowest);
            for ((value, low), close) in values.iter_mut().zip(&lowest).zip(bars.close) {
                let (high, place) = (*value, (close - low) / (*value - low));
                *value = if high > *low { place } else { f64::NAN };
            }
        })
    },
    #[cfg(test)]
    naive: tests::position,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    POSITION,
    Definition {
        name: "donchian_high",
        summary: "Highest high of the last n bars.",
        formula: "max(high), the last bar included",
        unit: "price",
        undefined: "never",
        laws: Laws::PRICE,
        mirror: Mirror::Swapped("donchian_low"),
        build: |parameters| {
            let mut highs = Rolling::new(parameters.count("window"));
            on_columns(move |bars, values| {
                highs.fold(bars.high, |_, &high| Some(Highest(high)), values, |_, highest| highest.0);
            })
        },
        #[cfg(test)]
        naive: tests::high,
        ..POSITION
    },
    Definition {
        name: "donchian_low",
        summary: "Lowest low of the last n bars.",
        formula: "min(low), the last bar included",
        unit: "price",
        undefined: "never",
        laws: Laws::PRICE,
        mirror: Mirror::Swapped("donchian_high"),
        build: |parameters| {
            let mut lows = Rolling::new(parameters.count("window"));
            on_columns(move |bars, values| {
                lows.fold(bars.low, |_, &low| Some(Lowest(low)), values, |_, lowest| lowest.0);
            })
        },
        #[cfg(test)]
        naive: tests::low,
        ..POSITION
    },
];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, pick, rolling},
    };

    pub(super) fn high(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window"), |bars| bars.iter().map(|bar| bar.high).reduce(f64::max))
    }

    pub(super) fn low(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window"), |bars| bars.iter().map(|bar| bar.low).reduce(f64::min))
    }

    pub(super) fn position(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (high, low) = (high(parameters, history), low(parameters, history));
        pick(high.len(), |t| {
            let (high, low) = (high[t]?, low[t]?);
            (high > low).then(|| (bars(history)[t].close - low) / (high - low))
        })
    }
}
