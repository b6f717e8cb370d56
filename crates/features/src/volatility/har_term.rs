//! Terms of the heterogeneous autoregression of volatility.
//!
//! Two periods of one bar with variances 1 and 1 average 1, the logarithm of which is 0:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! assert_eq!(closes("har_term(period=1,periods=2)", &[1.0, e, 1.0])?, [None, None, Some(0.0)]);
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
    name: "har_term",
    family: FeatureFamily::Volatility,
    summary: "One regressor of the HAR model: the log of the mean realised variance of the last periods; \
              with period = bars of a day, periods = 1, 5 and 22 are the daily, weekly and monthly term.",
    formula: "ln(mean over the last `periods` periods of sum(r^2) over the `period` bars of each)",
    source: "Corsi (2009), A simple approximate long-memory model of realized volatility, logarithmic form",
    unit: "log of squared log return per period",
    undefined: "where no price moves, or a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("period", 1, 1, "bars of a period"),
        Parameter::count("periods", 22, 1, "periods averaged"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("period") * parameters.count("periods") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let periods = parameters.count("periods");
        let (mut squares, mut returns) = (Rolling::new(parameters.count("period") * periods), LogReturns::default());
        on_bars(move |bar| {
            squares.push(returns.push(bar.close).map(|r| [r * r]));
            let [sum] = squares.full()?;
            (sum > 0.0).then(|| (sum / periods as f64).ln())
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
        contract::{closes, log_returns, mean, over},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (period, periods) = (parameters.count("period"), parameters.count("periods"));
        over(&log_returns(&closes(history)), period * periods, |returns| {
            let variances: Vec<f64> =
                returns.chunks(period).map(|returns| returns.iter().map(|r| r * r).sum()).collect();
            (mean(&variances) > 0.0).then(|| mean(&variances).ln())
        })
    }
}
