//! Kaufman's efficiency ratio.
//!
//! Two up and one down is a net step of 1 for a way of 3:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("efficiency_ratio(window=2)", &[1.0, 3.0, 2.0])?;
//! assert_eq!(values, [None, None, Some(1.0 / 3.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::{Delay, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "efficiency_ratio",
    family: FeatureFamily::Momentum,
    summary: "How straight the way was: net movement over the sum of all moves; 1 is a straight line.",
    formula: "|close - close n before| / sum(|changes of the close|)",
    source: "Kaufman (1995), Smarter trading",
    unit: "1, from 0 to 1",
    undefined: "where the close stood still",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 10, 2, "bars looked back")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let (mut delay, mut way, mut before) = (Delay::new(window), Rolling::new(window), None);
        on_bars(move |bar| {
            let start = delay.push(bar.close);
            let step: f64 = bar.close - before.replace(bar.close)?;
            way.push(Some([step.abs()]));
            let [way] = way.full()?;
            let net = (bar.close - start?).abs();
            (way > 0.0).then(|| (net / way).min(1.0))
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
        let window = parameters.count("window");
        rolling(&closes(history), window + 1, |closes| {
            let way: f64 = closes.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
            (way > 0.0).then(|| (closes[window] - closes[0]).abs() / way)
        })
    }
}
