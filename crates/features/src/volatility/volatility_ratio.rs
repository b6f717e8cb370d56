//! Short against long volatility, in returns and in ranges.
//!
//! The last return was 0 after one of 1: the short volatility is 0, and so is the ratio:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! assert_eq!(closes("volatility_ratio(short=1,long=2)", &[1.0, e, e])?, [None, None, Some(0.0)]);
//! assert_eq!(closes("range_compression(short=1,long=2)", &[1.0, 3.0, 4.0])?, [None, None, Some(1.0 / 1.5)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::Bar;

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp, definition::CONSTANT,
    machine::on_bars, returns::LogReturns, rolling::Rolling, volatility::atr::TrueRange,
};

const RATIO: Definition = Definition {
    name: "volatility_ratio",
    family: FeatureFamily::Volatility,
    summary: "Realised volatility of the short window over that of the long one: above 1 it is rising.",
    formula: "realised_volatility(short) / realised_volatility(long)",
    source: "common practice; Schwager (1996), Technical analysis, for volatility ratios",
    unit: "1",
    undefined: "where no price moves in the long window, or a price in it is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("short", 10, 1, "bars of the short window"),
        Parameter::count("long", 50, 2, "bars of the long window"),
    ],
    conflict: |parameters| {
        (parameters.count("long") <= parameters.count("short")).then_some("short must be below long")
    },
    warm_up: |parameters| WarmUp::Bars(parameters.count("long") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let mut returns = LogReturns::default();
        feature(parameters, move |bar| returns.push(bar.close).map(|r| r * r), f64::sqrt)
    },
    #[cfg(test)]
    naive: tests::ratio,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    RATIO,
    Definition {
        name: "range_compression",
        summary: "Mean true range of the short window over that of the long one: below 1 the market coils up.",
        formula: "mean(TR over short) / mean(TR over long)",
        source: "Crabel (1990), Day trading with short-term price patterns and opening range breakout",
        undefined: "where no price moves in the long window",
        laws: Laws::PURE,
        build: |parameters| {
            let mut range = TrueRange::default();
            feature(parameters, move |bar| range.push(bar), |ratio| ratio)
        },
        #[cfg(test)]
        naive: tests::compression,
        ..RATIO
    },
];

/// The ratio of the means of `sample` over the short and the long window, as `finish` has it.
fn feature(
    parameters: &Parameters,
    mut sample: impl FnMut(&Bar) -> Option<f64> + Send + 'static,
    finish: fn(f64) -> f64,
) -> Box<dyn Feature> {
    let (short, long) = (parameters.count("short"), parameters.count("long"));
    let (mut recent, mut all) = (Rolling::new(short), Rolling::new(long));
    on_bars(move |bar| {
        let sample = sample(bar).map(|value| [value]);
        recent.push(sample);
        all.push(sample);
        let ([recent], [all]) = (recent.full()?, all.full()?);
        (all > 0.0).then(|| finish((recent / short as f64) / (all / long as f64)))
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, log_returns, mean, over, true_ranges},
    };

    fn direct(parameters: &Parameters, samples: &[Option<f64>], finish: fn(f64) -> f64) -> Vec<Option<f64>> {
        let (short, long) = (parameters.count("short"), parameters.count("long"));
        over(samples, long, |samples| {
            (mean(samples) > 0.0).then(|| finish(mean(&samples[long - short..]) / mean(samples)))
        })
    }

    pub(super) fn ratio(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let squares: Vec<Option<f64>> = log_returns(&closes(history)).into_iter().map(|r| r.map(|r| r * r)).collect();
        direct(parameters, &squares, f64::sqrt)
    }

    pub(super) fn compression(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, &true_ranges(history), |ratio| ratio)
    }
}
