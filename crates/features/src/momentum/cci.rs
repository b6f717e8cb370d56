//! Commodity channel index.
//!
//! Typical prices of 1 and 3: mean 2, mean absolute deviation 1, so the index is 1 / 0.015:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("cci(window=2)", &[1.0, 3.0])?, [None, Some(1.0 / 0.015)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp, definition::no_conflict, machine::on_bars,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "cci",
    family: FeatureFamily::Momentum,
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
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        // The window lies in one piece at the end; when the room is used up it moves to the front.
        let room = 2 * window + 64;
        let mut prices: Vec<f64> = Vec::with_capacity(room);
        on_bars(move |bar| {
            if prices.len() == room {
                prices.copy_within(room + 1 - window.., 0);
                prices.truncate(window - 1);
            }
            let newest = bar.high + bar.low + bar.close;
            prices.push(newest);
            let prices = &prices[prices.len().checked_sub(window)?..];
            let n = window as f64;
            // Summed relative to the newest price, so that a still market gives exactly 0.
            let offset = sum(prices, |price| price - newest) / n;
            let deviation = sum(prices, |price| (price - newest - offset).abs()) / n;
            (deviation > 0.0).then(|| -offset / (0.015 * deviation))
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

/// Σ term, in eight interleaved sums that a processor adds side by side.
#[inline]
fn sum(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let (groups, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for group in groups {
        for (sum, value) in sums.iter_mut().zip(group) {
            *sum += term(*value);
        }
    }
    rest.iter().map(|value| term(*value)).sum::<f64>() + sums.iter().sum::<f64>()
}

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
