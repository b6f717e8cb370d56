//! Exponentially weighted volatility.
//!
//! Squared returns of 1 and 1 seed the variance with 1; a return of 0 leaves half of it at λ = 0.5:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! let values = closes("ewma_volatility(lambda=0.5,seed=2)", &[1.0, e, 1.0, 1.0])?;
//! assert_eq!(values, [None, None, Some(1.0), Some(0.5_f64.sqrt())]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::LogReturns,
    rolling::Seeded,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "ewma_volatility",
    family: FeatureFamily::Volatility,
    summary: "Volatility with exponential memory, as RiskMetrics has it.",
    formula: "sqrt(v), v = lambda * v + (1 - lambda) * r^2, seeded by the mean of the first `seed` squared log returns",
    source: "J.P. Morgan (1996), RiskMetrics technical document",
    unit: "log return per bar",
    undefined: "beside prices <= 0, after which it is seeded anew",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::number("lambda", 0.94, 0.0, 0.999_999, "weight of the past"),
        Parameter::count("seed", 20, 1, "returns in the seed"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("seed") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let mut variance = Seeded::new(parameters.count("seed"), 1.0 - parameters.number("lambda"));
        let mut returns = LogReturns::default();
        on_bars(move |bar| match returns.push(bar.close) {
            Some(r) => variance.push(r * r).map(f64::sqrt),
            None => {
                variance.clear();
                None
            }
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
        contract::{closes, log_returns, mean, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let returns = log_returns(&closes(history));
        let (lambda, seed) = (parameters.number("lambda"), parameters.count("seed"));
        let mut squares: Vec<f64> = vec![];
        let mut variance = 0.0;
        pick(returns.len(), |t| {
            let Some(r) = returns[t] else {
                squares.clear();
                return None;
            };
            squares.push(r * r);
            if squares.len() < seed {
                return None;
            }
            variance = if squares.len() == seed { mean(&squares) } else { lambda * variance + (1.0 - lambda) * r * r };
            Some(variance.sqrt())
        })
    }
}
