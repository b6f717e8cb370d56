//! Variance ratio.
//!
//! Steps of 1, −1, 1 return to where they were: two-step changes do not vary at all:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("variance_ratio(window=3,lag=2)", &[0.0, 1.0, 0.0, 1.0, 0.0])?;
//! assert_eq!(values, [None, None, None, None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::{Delay, Moments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "variance_ratio",
    family: FeatureFamily::Momentum,
    summary: "Variance of changes over `lag` bars against `lag` times that of one bar: above 1 trending, below 1 reverting.",
    formula: "var(close_t - close_(t-lag)) / (lag * var(close_t - close_(t-1))), the last n overlapping changes of each",
    source: "Lo & MacKinlay (1988), Stock market prices do not follow random walks",
    unit: "1",
    undefined: "where every change in the window is the same",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("window", 50, 2, "changes in the window, in bars (n)"),
        Parameter::count("lag", 5, 2, "bars of the long change"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + parameters.count("lag")),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let (window, lag) = (parameters.count("window"), parameters.count("lag"));
        let (mut short_delay, mut long_delay) = (Delay::new(1), Delay::new(lag));
        let (mut short, mut long) = (Rolling::new(window), Rolling::new(window));
        on_bars(move |bar| {
            let start = long_delay.push(bar.close);
            if let Some(before) = short_delay.push(bar.close) {
                short.push(Some(Moments::of(bar.close - before)));
            }
            long.push(Some(Moments::of(bar.close - start?)));
            let (long, short) = (long.full()?, short.full()?);
            (short.squares() > 0.0).then(|| long.variance() / (lag as f64 * short.variance()))
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, population_variance, rolling},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (window, lag) = (parameters.count("window"), parameters.count("lag"));
        rolling(&closes(history), window + lag, |closes| {
            let changes = |lag: usize| -> Vec<f64> {
                let last = closes.len() - 1;
                (0..window).map(|back| closes[last - back] - closes[last - back - lag]).collect()
            };
            let short = population_variance(&changes(1));
            (short > 0.0).then(|| population_variance(&changes(lag)) / (lag as f64 * short))
        })
    }
}
