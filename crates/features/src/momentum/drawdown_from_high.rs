//! Drawdown from the running high.
//!
//! 8 is a fifth below 10:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("drawdown_from_high(window=2)", &[10.0, 8.0])?;
//! assert!((values[1].unwrap() + 0.2).abs() < 1e-15);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::positive_ratio,
    rolling::{Highest, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "drawdown_from_high",
    family: FeatureFamily::Momentum,
    summary: "How far the close is below the highest high of the window.",
    formula: "close / max(high) - 1",
    source: "Magdon-Ismail & Atiya (2004), Maximum drawdown",
    unit: "1, 0 or less",
    undefined: "where the close is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 50, 1, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::SwappedAndNegated("rise_from_low"),
    reads_column: false,
    build: |parameters| {
        let mut highs = Rolling::new(parameters.count("window"));
        on_bars(move |bar| {
            highs.push(Some(Highest(bar.high)));
            Some(positive_ratio(bar.close, highs.full()?.0)? - 1.0)
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
            let (close, high) = (bars.last()?.close, bars.iter().map(|bar| bar.high).reduce(f64::max)?);
            (close > 0.0).then(|| (close - high) / high)
        })
    }
}
