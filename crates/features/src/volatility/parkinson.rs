//! Parkinson's range volatility.
//!
//! A bar from 1 to 2 has a log range of ln 2, so the variance is (ln 2)² / (4 ln 2) = ln 2 / 4:
//! ```
//! use scaleout_features::examples::bars;
//! let values = bars("parkinson(window=1)", &[[1.0, 2.0, 1.0, 1.5, 1.0]])?;
//! assert!((values[0].unwrap().powi(2) - 2.0_f64.ln() / 4.0).abs() < 1e-15);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::log_ratio,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "parkinson",
    family: FeatureFamily::Volatility,
    summary: "Volatility of a bar from its high and low; misses gaps between bars.",
    formula: "sqrt(sum(ln(high / low)^2) / (4 n ln 2))",
    source: "Parkinson (1980), The extreme value method for estimating the variance of the rate of return",
    unit: "log return per bar",
    undefined: "where a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let mut squares = Rolling::new(window);
        on_bars(move |bar| {
            squares.push(log_ratio(bar.high, bar.low).map(|range| [range * range]));
            let [sum] = squares.full()?;
            Some((sum / (4.0 * window as f64 * std::f64::consts::LN_2)).sqrt())
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
        contract::{bars, mean, rolling},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window"), |bars| {
            let squares: Vec<f64> = bars.iter().map(|bar| (bar.high / bar.low).ln().powi(2)).collect();
            bars.iter().all(|bar| bar.low > 0.0).then(|| (mean(&squares) / (4.0 * 2.0_f64.ln())).sqrt())
        })
    }
}
