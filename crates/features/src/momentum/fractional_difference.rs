//! Fractional differentiation with a fixed window.
//!
//! At d = 1 it is the log return:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! assert_eq!(closes("fractional_difference(d=1,window=3)", &[1.0, 1.0, e])?, [None, None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp, definition::no_conflict, machine::on_bars,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "fractional_difference",
    family: FeatureFamily::Momentum,
    summary: "The log price differenced to a fractional order: nearly stationary, with most of its memory kept.",
    formula: "sum_(k < n) w_k * ln(close_(t-k)), w_0 = 1, w_k = -w_(k-1) * (d - k + 1) / k",
    source: "Lopez de Prado (2018), Advances in financial machine learning, section 5.5 (fixed-width window)",
    unit: "log price",
    undefined: "where a price in the window is <= 0",
    cost: "O(window) per bar",
    needs: Needs::BARS,
    parameters: &[
        Parameter::number("d", 0.4, 0.0, 2.0, "order of the difference"),
        Parameter { max: 10_000.0, ..Parameter::count("window", 50, 2, "weights kept, in bars (n)") },
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws { price_power: None, ..Laws::RELATIVE },
    mirror: Mirror::Unknown,
    reads_column: false,
    build: |parameters| {
        let (order, window) = (parameters.number("d"), parameters.count("window"));
        let mut weights = vec![1.0];
        for k in 1..window {
            let k = k as f64;
            weights.push(-weights[weights.len() - 1] * (order - k + 1.0) / k);
        }
        // Twice the window, so that the last n logarithms are always one slice.
        let mut logs: Vec<f64> = Vec::with_capacity(2 * window);
        on_bars(move |bar| {
            if bar.close <= 0.0 {
                logs.clear();
                return None;
            }
            if logs.len() == 2 * window {
                logs.drain(..=window);
            }
            logs.push(bar.close.ln());
            let start = logs.len().checked_sub(window)?;
            Some(logs[start..].iter().rev().zip(&weights).map(|(log, weight)| log * weight).sum())
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
        contract::{closes, rolling},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(&closes(history), parameters.count("window"), |closes| {
            let (mut sum, mut weight) = (0.0, 1.0);
            for (k, close) in closes.iter().rev().enumerate() {
                sum += weight * close.ln();
                weight *= (k as f64 - parameters.number("d")) / (k as f64 + 1.0);
            }
            closes.iter().all(|close| *close > 0.0).then_some(sum)
        })
    }
}
