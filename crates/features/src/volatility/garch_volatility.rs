//! GARCH(1,1) filter.
//!
//! A squared return of 1 is the seed and the long-run variance; with α = 0.5, β = 0.25 the next variance is 1 again:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! let values = closes("garch_volatility(alpha=0.5,beta=0.25,seed=1)", &[1.0, e])?;
//! assert_eq!(values, [None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp, definition::CONSTANT, machine::on_bars,
    returns::LogReturns,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "garch_volatility",
    family: FeatureFamily::Volatility,
    summary: "The next bar's volatility by a GARCH(1,1) with given coefficients.",
    formula: "sqrt(h), h = omega + alpha * r^2 + beta * h, from the mean of the first `seed` squared log returns on; \
              omega as given, or (1 - alpha - beta) * mean of all squared returns so far",
    source: "Bollerslev (1986), Generalized autoregressive conditional heteroskedasticity; \
             Engle & Mezrich (1996) for the target",
    unit: "log return per bar",
    undefined: "beside prices <= 0, after which it starts anew",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::number("alpha", 0.05, 0.0, 1.0, "weight of the last squared return"),
        Parameter::number("beta", 0.9, 0.0, 1.0, "weight of the last variance"),
        Parameter {
            name: "omega",
            default: None,
            min: 0.0,
            max: 1e3,
            whole: false,
            about: "constant, instead of the target",
        },
        Parameter::count("seed", 50, 1, "returns in the first variance"),
    ],
    conflict: |parameters| {
        (1.0 <= parameters.number("alpha") + parameters.number("beta")).then_some("alpha + beta must be below 1")
    },
    warm_up: |parameters| WarmUp::Bars(parameters.count("seed") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let (alpha, beta) = (parameters.number("alpha"), parameters.number("beta"));
        let (omega, seed) = (parameters.given("omega"), parameters.count("seed") as f64);
        let mut returns = LogReturns::default();
        let (mut count, mut mean_square, mut variance) = (0.0, 0.0, 0.0);
        on_bars(move |bar| {
            let Some(r) = returns.push(bar.close) else {
                (count, mean_square) = (0.0, 0.0);
                return None;
            };
            count += 1.0;
            mean_square += (r * r - mean_square) / count;
            if count < seed {
                return None;
            }
            let before = if count == seed { mean_square } else { variance };
            let omega = omega.unwrap_or((1.0 - alpha - beta) * mean_square);
            variance = omega + alpha * r * r + beta * before;
            Some(variance.sqrt())
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
        contract::{closes, log_returns, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let returns = log_returns(&closes(history));
        let (alpha, beta) = (parameters.number("alpha"), parameters.number("beta"));
        let seed = parameters.count("seed");
        let (mut squares, mut sum, mut variance): (usize, f64, Option<f64>) = (0, 0.0, None);
        pick(returns.len(), |t| {
            let Some(r) = returns[t] else {
                (squares, sum, variance) = (0, 0.0, None);
                return None;
            };
            squares += 1;
            sum += r.powi(2);
            let target = sum / squares as f64;
            if squares < seed {
                return None;
            }
            let omega = parameters.given("omega").unwrap_or((1.0 - alpha - beta) * target);
            variance = Some(omega + alpha * r.powi(2) + beta * variance.unwrap_or(target));
            variance.map(f64::sqrt)
        })
    }
}
