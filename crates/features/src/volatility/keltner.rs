//! Keltner channel: the place of the close in it, and its width.
//!
//! Closes of 1 and 3: the average is 2, the true range 2, so the close is half a range above:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("keltner_position(window=2,atr=1,multiple=1)", &[1.0, 3.0])?;
//! assert_eq!(values, [None, Some(0.5)]);
//! assert_eq!(closes("keltner_width(window=2,atr=1,multiple=1)", &[1.0, 3.0])?, [None, Some(2.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::ema,
    volatility::atr::Atr,
};

const POSITION: Definition = Definition {
    name: "keltner_position",
    family: FeatureFamily::Volatility,
    summary: "Where the close stands in the Keltner channel: 0 in the middle, 1 at the upper, -1 at the lower line.",
    formula: "(close - EMA) / (multiple * ATR)",
    source: "Keltner (1960), How to make money in commodities; Raschke's form with EMA and ATR",
    unit: "1",
    undefined: "where the average true range is 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("window", 20, 1, "bars of the exponential average"),
        Parameter::count("atr", 10, 1, "bars of the average true range"),
        Parameter::number("multiple", 2.0, 0.01, 100.0, "average true ranges from the middle to a line"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window").max(parameters.count("atr") + 1)),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| feature(parameters, |gap, _, reach| (reach > 0.0).then(|| gap / reach)),
    #[cfg(test)]
    naive: tests::position,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    POSITION,
    Definition {
        name: "keltner_width",
        summary: "Width of the Keltner channel relative to its middle.",
        formula: "2 * multiple * ATR / EMA",
        undefined: "where the middle is <= 0",
        laws: Laws::RELATIVE,
        mirror: Mirror::Unchanged,
        build: |parameters| feature(parameters, |_, middle, reach| (middle > 0.0).then(|| 2.0 * reach / middle)),
        #[cfg(test)]
        naive: tests::width,
        ..POSITION
    },
];

/// What `value` makes of the close's distance from the middle, the middle, and a line's distance from it.
fn feature(parameters: &Parameters, value: impl Fn(f64, f64, f64) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    let (mut middle, mut atr) = (ema(parameters.count("window")), Atr::new(parameters.count("atr")));
    let multiple = parameters.number("multiple");
    on_bars(move |bar| {
        let atr = atr.push(bar);
        middle.push(bar.close);
        value(middle.gap()?, middle.value()?, multiple * atr?)
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, ema, pick, true_ranges, wilder},
    };

    /// Averages are taken of closes less the first one, so that they are exact where prices are large.
    fn direct(
        parameters: &Parameters,
        history: &MarketHistory,
        value: impl Fn(f64, f64, f64) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let closes = closes(history);
        let moved: Vec<Option<f64>> = closes.iter().map(|close| Some(close - closes[0])).collect();
        let middle = ema(&moved, parameters.count("window"));
        let atr = wilder(&true_ranges(history), parameters.count("atr"));
        pick(closes.len(), |t| {
            value(moved[t]? - middle[t]?, closes[0] + middle[t]?, parameters.number("multiple") * atr[t]?)
        })
    }

    pub(super) fn position(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, |gap, _, reach| (reach > 0.0).then(|| gap / reach))
    }

    pub(super) fn width(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, |_, middle, reach| (middle > 0.0).then(|| 2.0 * reach / middle))
    }
}
