//! Commodity channel index.
//!
//! Typical prices of 1 and 3: mean 2, mean absolute deviation 1, so the index is 1 / 0.015:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("cci(window=2)", &[1.0, 3.0])?, [None, Some(1.0 / 0.015)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use std::collections::VecDeque;

use crate::{Definition, Family, Laws, Needs, Parameter, WarmUp, definition::no_conflict, machine::on_bars};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "cci",
    family: Family::Momentum,
    summary: "Commodity channel index: distance of the typical price from its mean, in mean absolute deviations.",
    formula: "(TP - mean TP) / (0.015 * mean |TP - mean TP|), TP = (high + low + close) / 3",
    source: "Lambert (1980), Commodity channel index: tool for trading cyclic trends",
    unit: "1",
    undefined: "where all typical prices of the window are equal",
    cost: "O(window) per bar",
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 2, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let mut prices: VecDeque<f64> = VecDeque::with_capacity(window);
        on_bars(move |bar| {
            if prices.len() == window {
                prices.pop_front();
            }
            prices.push_back(bar.high + bar.low + bar.close);
            if prices.len() < window {
                return None;
            }
            let n = window as f64;
            // Summed relative to the newest price, so that a still market gives exactly 0.
            let newest = bar.high + bar.low + bar.close;
            let offset = prices.iter().map(|price| price - newest).sum::<f64>() / n;
            let deviation = prices.iter().map(|price| (price - newest - offset).abs()).sum::<f64>() / n;
            (deviation > 0.0).then(|| -offset / (0.015 * deviation))
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
        let prices: Vec<f64> = bars(history).iter().map(|bar| bar.high + bar.low + bar.close).collect();
        rolling(&prices, parameters.count("window"), |prices| {
            let centre = mean(prices);
            let deviation = mean(&prices.iter().map(|price| (price - centre).abs()).collect::<Vec<_>>());
            (deviation > 0.0).then(|| (prices[prices.len() - 1] - centre) / (0.015 * deviation))
        })
    }
}
