//! Stochastic oscillator.
//!
//! The close of 3 stands at three quarters of the range from 0 to 4:
//! ```
//! use scaleout_features::examples::bars;
//! let rows = [[1.0, 4.0, 0.0, 1.0, 1.0], [1.0, 3.0, 1.0, 3.0, 1.0]];
//! assert_eq!(bars("stochastic_k(window=2,smooth=1)", &rows)?, [None, Some(75.0)]);
//! assert_eq!(bars("stochastic_d(window=2,smooth=1,signal=1)", &rows)?, [None, Some(75.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::{Rolling, RollingRange},
};

const WINDOW: Parameter = Parameter::count("window", 14, 1, "bars of the range");
const SMOOTH: Parameter = Parameter::count("smooth", 3, 1, "raw values averaged into %K; 1 gives the fast %K");

const K: Definition = Definition {
    name: "stochastic_k",
    family: FeatureFamily::Momentum,
    summary: "Where the close stands in the range of the last bars, smoothed (slow %K).",
    formula: "mean of the last `smooth` values of 100 * (close - lowest low) / (highest high - lowest low)",
    source: "Lane (1984), Lane's stochastics",
    unit: "1, from 0 to 100",
    undefined: "where the range of a window is 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[WINDOW, SMOOTH],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + parameters.count("smooth") - 1),
    laws: Laws::PURE,
    mirror: Mirror::Complement(100.0),
    reads_column: false,
    build: |parameters| feature(parameters, 1),
    #[cfg(test)]
    naive: tests::k,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    K,
    Definition {
        name: "stochastic_d",
        summary: "Signal line of the stochastic oscillator: %K averaged once more.",
        formula: "mean of the last `signal` values of stochastic_k",
        parameters: &[WINDOW, SMOOTH, Parameter::count("signal", 3, 1, "values of %K averaged")],
        warm_up: |parameters| {
            let smoothing = parameters.count("smooth") + parameters.count("signal");
            WarmUp::Bars(parameters.count("window") + smoothing - 2)
        },
        build: |parameters| feature(parameters, parameters.count("signal")),
        #[cfg(test)]
        naive: tests::d,
        ..K
    },
];

fn feature(parameters: &Parameters, signal: usize) -> Box<dyn Feature> {
    let smooth = parameters.count("smooth");
    let mut range = RollingRange::new(parameters.count("window"));
    let (mut raw, mut slow) = (Rolling::new(smooth), Rolling::new(signal));
    let (mut lows, mut smoothed) = (Vec::new(), Vec::new());
    on_columns(move |bars, values| {
        lows.resize(values.len(), f64::NAN);
        smoothed.resize(values.len(), f64::NAN);
        range.fold(bars.high, bars.low, values, &mut lows);
        for ((value, low), close) in values.iter_mut().zip(&lows).zip(bars.close) {
            let (high, place) = (*value, 100.0 * (close - low) / (*value - low));
            *value = if high > *low { place } else { f64::NAN };
        }
        raw.fold(values, defined, &mut smoothed, |_, [sum]| sum / smooth as f64);
        slow.fold(&smoothed, defined, values, |_, [sum]| sum / signal as f64);
    })
}

fn defined(_: usize, value: &f64) -> Option<[f64; 1]> {
    (!value.is_nan()).then_some([*value])
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, mean, over, rolling},
    };

    pub(super) fn k(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let raw = rolling(bars(history), parameters.count("window"), |bars| {
            let high = bars.iter().map(|bar| bar.high).fold(f64::NEG_INFINITY, f64::max);
            let low = bars.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min);
            (high > low).then(|| 100.0 * (bars[bars.len() - 1].close - low) / (high - low))
        });
        over(&raw, parameters.count("smooth"), |raw| Some(mean(raw)))
    }

    pub(super) fn d(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        over(&k(parameters, history), parameters.count("signal"), |k| Some(mean(k)))
    }
}
