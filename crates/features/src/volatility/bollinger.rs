//! Bollinger bands: their width, the place of the close between them, and the bands themselves.
//!
//! Closes of 1 and 3 have mean 2 and deviation 1, so with k = 1 the bands are 1 and 3:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("bollinger_width(window=2,deviations=1)", &[1.0, 3.0])?, [None, Some(1.0)]);
//! assert_eq!(closes("bollinger_position(window=2,deviations=1)", &[1.0, 3.0])?, [None, Some(1.0)]);
//! assert_eq!(closes("bollinger_upper(window=2,deviations=2)", &[1.0, 3.0])?, [None, Some(4.0)]);
//! assert_eq!(closes("bollinger_lower(window=2,deviations=2)", &[1.0, 3.0])?, [None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::{Moments, Rolling},
};

const PARAMETERS: &[Parameter] = &[
    Parameter::count("window", 20, 2, "window in bars"),
    Parameter::number("deviations", 2.0, 0.01, 100.0, "distance of the bands from the mean, in deviations"),
];

const WIDTH: Definition = Definition {
    name: "bollinger_width",
    family: FeatureFamily::Volatility,
    summary: "Distance between the Bollinger bands, relative to their middle.",
    formula: "(upper - lower) / middle; middle = mean of the last n closes, bands k population deviations away",
    source: "Bollinger (2001), Bollinger on Bollinger bands",
    unit: "1",
    undefined: "where the middle is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: PARAMETERS,
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| feature(parameters, |_, middle, distance| (middle > 0.0).then(|| 2.0 * distance / middle)),
    #[cfg(test)]
    naive: tests::width,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    WIDTH,
    Definition {
        name: "bollinger_position",
        summary: "Where the close stands between the Bollinger bands (%b): 0 at the lower, 1 at the upper one.",
        formula: "(close - lower) / (upper - lower)",
        undefined: "where all closes of the window are equal",
        laws: Laws::PURE,
        mirror: Mirror::Complement(1.0),
        build: |parameters| {
            feature(parameters, |close, middle, distance| {
                (distance > 0.0).then(|| (close - middle + distance) / (2.0 * distance))
            })
        },
        #[cfg(test)]
        naive: tests::position,
        ..WIDTH
    },
    Definition {
        name: "bollinger_upper",
        summary: "The upper Bollinger band.",
        formula: "mean + k * population deviation of the last n closes",
        unit: "price",
        undefined: "never",
        laws: Laws::PRICE,
        mirror: Mirror::Swapped("bollinger_lower"),
        build: |parameters| feature(parameters, |_, middle, distance| Some(middle + distance)),
        #[cfg(test)]
        naive: tests::upper,
        ..WIDTH
    },
    Definition {
        name: "bollinger_lower",
        summary: "The lower Bollinger band.",
        formula: "mean - k * population deviation of the last n closes",
        unit: "price",
        undefined: "never",
        laws: Laws::PRICE,
        mirror: Mirror::Swapped("bollinger_upper"),
        build: |parameters| feature(parameters, |_, middle, distance| Some(middle - distance)),
        #[cfg(test)]
        naive: tests::lower,
        ..WIDTH
    },
];

/// The feature that `value` makes of the close, the middle and the distance of the bands from it.
fn feature(parameters: &Parameters, value: impl Fn(f64, f64, f64) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    let deviations = parameters.number("deviations");
    let mut closes = Rolling::new(parameters.count("window"));
    on_columns(move |bars, values| {
        let sample = |_, &close: &f64| Some(Moments::of(close));
        closes.fold(bars.close, sample, values, |t, moments| {
            value(bars.close[t], moments.mean(), deviations * moments.variance().sqrt()).unwrap_or(f64::NAN)
        });
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, mean, population_variance, rolling},
    };

    fn bands(
        parameters: &Parameters,
        history: &MarketHistory,
        value: impl Fn(f64, f64, f64) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let deviations = parameters.number("deviations");
        rolling(&closes(history), parameters.count("window"), |closes| {
            let (middle, distance) = (mean(closes), deviations * population_variance(closes).sqrt());
            value(closes[closes.len() - 1], middle - distance, middle + distance)
        })
    }

    pub(super) fn width(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        bands(parameters, history, |_, lower, upper| {
            let middle = 0.5 * (lower + upper);
            (middle > 0.0).then(|| (upper - lower) / middle)
        })
    }

    pub(super) fn position(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        bands(parameters, history, |close, lower, upper| (upper > lower).then(|| (close - lower) / (upper - lower)))
    }

    pub(super) fn upper(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        bands(parameters, history, |_, _, upper| Some(upper))
    }

    pub(super) fn lower(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        bands(parameters, history, |_, lower, _| Some(lower))
    }
}
