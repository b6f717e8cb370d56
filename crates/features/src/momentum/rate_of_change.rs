//! Rate of change.
//!
//! From 100 to 110 is a tenth:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("rate_of_change(window=1)", &[100.0, 110.0])?;
//! assert!((values[1].unwrap() - 0.1).abs() < 1e-15);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::Delay,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "rate_of_change",
    family: FeatureFamily::Momentum,
    summary: "Relative change of the close over n bars.",
    formula: "close / close n bars before - 1",
    source: "Murphy (1999), Technical analysis of the financial markets",
    unit: "1",
    undefined: "where either price is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 10, 1, "bars looked back")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let mut delay = Delay::new(parameters.count("window"));
        on_columns(move |bars, values| {
            delay.fold(bars.close, values, |close, before| {
                let change = close / before - 1.0;
                if 0.0 < close && 0.0 < before { change } else { f64::NAN }
            });
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
        contract::{closes, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let closes = closes(history);
        pick(closes.len(), |t| {
            let before = closes[t.checked_sub(parameters.count("window"))?];
            (closes[t] > 0.0 && before > 0.0).then(|| (closes[t] - before) / before)
        })
    }
}
