//! Hurst exponent from the growth of deviations with the lag.
//!
//! Prices that step by 2, 0, 2, 0: over one bar changes deviate by 1, over two bars by 0, so there is none:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("hurst(window=4,scales=2)", &[0.0, 2.0, 2.0, 4.0, 4.0, 6.0])?;
//! assert_eq!(values.last(), Some(&None));
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::no_conflict,
    machine::on_bars,
    rolling::{Comoments, Delay, Moments, Rolling, Summary},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "hurst",
    family: FeatureFamily::Momentum,
    summary: "Hurst exponent: 0.5 for a random walk, more when moves persist, less when they revert.",
    formula: "least-squares slope of ln(deviation of close_t - close_(t-lag)) on ln(lag), lag = 1, 2, 4, ..., 2^(scales-1)",
    source: "Mandelbrot & Van Ness (1968), Fractional Brownian motions; Gatheral, Jaisson & Rosenbaum (2018) for the estimator",
    unit: "1",
    undefined: "where the changes of a lag do not vary",
    cost: "O(scales) per bar",
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("window", 100, 2, "changes of each lag in the window, in bars"),
        Parameter { max: 16.0, ..Parameter::count("scales", 5, 2, "number of lags") },
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + (1 << (parameters.count("scales") - 1))),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let mut scales: Vec<(f64, Delay, Rolling<Moments>)> = (0..parameters.count("scales"))
            .map(|scale| (1_usize << scale, Rolling::new(window)))
            .map(|(lag, changes)| ((lag as f64).ln(), Delay::new(lag), changes))
            .collect();
        on_bars(move |bar| {
            let mut line: Option<Comoments> = None;
            let mut defined = true;
            for (log_lag, delay, changes) in &mut scales {
                if let Some(before) = delay.push(bar.close) {
                    changes.push(Some(Moments::of(bar.close - before)));
                }
                match changes.full().map(|changes| changes.variance()).filter(|variance| *variance > 0.0) {
                    None => defined = false,
                    Some(variance) => {
                        let point = Comoments::of(*log_lag, 0.5 * variance.ln());
                        line = Some(line.map_or(point, |line| line.merge(point)));
                    }
                }
            }
            line.filter(|_| defined)?.slope()
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
        contract::{closes, population_variance, rolling, slope},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (window, scales) = (parameters.count("window"), parameters.count("scales"));
        rolling(&closes(history), window + (1 << (scales - 1)), |closes| {
            let last = closes.len() - 1;
            let (mut lags, mut logs) = (vec![], vec![]);
            for lag in (0..scales).map(|scale| 1 << scale) {
                let changes: Vec<f64> =
                    (0..window).map(|back| closes[last - back] - closes[last - back - lag]).collect();
                lags.push((lag as f64).ln());
                logs.push(population_variance(&changes).sqrt().ln());
            }
            logs.iter().all(|log| log.is_finite()).then(|| slope(&lags, &logs)).flatten()
        })
    }
}
