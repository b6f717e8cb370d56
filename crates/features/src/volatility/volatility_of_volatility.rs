//! Volatility of volatility.
//!
//! A volatility that does not change has none:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! let values = closes("volatility_of_volatility(inner=1,window=2)", &[1.0, e, 1.0])?;
//! assert_eq!(values, [None, None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::LogReturns,
    rolling::{Moments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "volatility_of_volatility",
    family: FeatureFamily::Volatility,
    summary: "How much the realised volatility itself varies: the deviation of its logarithm.",
    formula: "population deviation over `window` bars of ln(realised_volatility(inner))",
    source: "Corsi, Mittnik, Pigorsch & Pigorsch (2008), The volatility of realized volatility",
    unit: "1",
    undefined: "where no price moves for `inner` bars, or a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("inner", 10, 1, "returns in the volatility, in bars"),
        Parameter::count("window", 50, 2, "volatilities in the window, in bars"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("inner") + parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let inner = parameters.count("inner");
        let (mut squares, mut returns) = (Rolling::new(inner), LogReturns::default());
        let mut logs = Rolling::new(parameters.count("window"));
        on_bars(move |bar| {
            squares.push(returns.push(bar.close).map(|r| [r * r]));
            let log = squares.full().filter(|[sum]| *sum > 0.0).map(|[sum]| 0.5 * (sum / inner as f64).ln());
            logs.push(log.map(Moments::of));
            Some(logs.full()?.variance().sqrt())
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
        contract::{closes, log_returns, mean, over, population_variance},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let logs = over(&log_returns(&closes(history)), parameters.count("inner"), |returns| {
            let square = mean(&returns.iter().map(|r| r * r).collect::<Vec<_>>());
            (square > 0.0).then(|| square.sqrt().ln())
        });
        over(&logs, parameters.count("window"), |logs| Some(population_variance(logs).sqrt()))
    }
}
