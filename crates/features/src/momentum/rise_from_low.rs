//! Rise from the running low: the mirror image of the drawdown from the high.
//!
//! 10 is a quarter above 8:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("rise_from_low(window=2)", &[8.0, 10.0])?;
//! assert!((values[1].unwrap() - 0.25).abs() < 1e-15);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::positive_ratio,
    rolling::{Lowest, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "rise_from_low",
    family: FeatureFamily::Momentum,
    summary: "How far the close is above the lowest low of the window.",
    formula: "close / min(low) - 1",
    source: "as drawdown_from_high, on the mirrored market",
    unit: "1, 0 or more",
    undefined: "where the close or the lowest low is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 50, 1, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::SwappedAndNegated("drawdown_from_high"),
    reads_column: false,
    build: |parameters| {
        let mut lows = Rolling::new(parameters.count("window"));
        on_bars(move |bar| {
            lows.push(Some(Lowest(bar.low)));
            Some(positive_ratio(bar.close, lows.full()?.0)? - 1.0)
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
        contract::{bars, rolling},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window"), |bars| {
            let (close, low) = (bars.last()?.close, bars.iter().map(|bar| bar.low).reduce(f64::min)?);
            (low > 0.0).then(|| (close - low) / low)
        })
    }
}
