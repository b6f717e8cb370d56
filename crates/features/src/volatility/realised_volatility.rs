//! Realised volatility.
//!
//! Up by a factor of e and back again, a squared log return of 1 each time:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("realised_volatility(window=2)", &[1.0, std::f64::consts::E, 1.0])?;
//! assert_eq!(values, [None, None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::LogReturns,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "realised_volatility",
    family: FeatureFamily::Volatility,
    summary: "Root mean squared log return of a bar.",
    formula: "sqrt(sum(r^2) / n), r = ln(close / close before)",
    source: "Andersen, Bollerslev, Diebold & Labys (2003), Modeling and forecasting realized volatility",
    unit: "log return per bar",
    undefined: "where a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "returns in the window, in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let (mut returns, mut squares) = (LogReturns::default(), Rolling::new(window));
        on_bars(move |bar| {
            squares.push(returns.push(bar.close).map(|r| [r * r]));
            let [sum] = squares.full()?;
            Some((sum / window as f64).sqrt())
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
        contract::{closes, log_returns, over},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        over(&log_returns(&closes(history)), parameters.count("window"), |returns| {
            Some((returns.iter().map(|r| r * r).sum::<f64>() / returns.len() as f64).sqrt())
        })
    }
}
