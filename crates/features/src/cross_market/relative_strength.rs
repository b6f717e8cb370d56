//! Relative strength against another series.
//!
//! We rise by a factor of e, the other stands still:
//! ```
//! use scaleout_features::examples::beside;
//! let e = std::f64::consts::E;
//! let values = beside("relative_strength:other(window=1)", &[1.0, e], &[Some(5.0), Some(5.0)])?;
//! assert_eq!(values, [None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_rows,
    returns::log_ratio,
    rolling::Delay,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "relative_strength",
    family: FeatureFamily::CrossMarket,
    summary: "By how much the market outran a column over the last n bars.",
    formula: "ln(close / close n before) - ln(column / column n before)",
    source: "Levy (1967), Relative strength as a criterion for investment selection",
    unit: "log return",
    undefined: "where one of the four values is <= 0 or missing",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "bars looked back (n)")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Negated,
    reads_column: true,
    build: |parameters| {
        let (window, column) = (parameters.count("window"), parameters.column());
        let (mut own, mut other) = (Delay::new(window), Delay::new(window));
        on_rows(move |row| {
            // A missing value travels through the delay as 0, which no ratio accepts.
            let value = row.columns[column].unwrap_or(0.0);
            let (own_before, other_before) = (own.push(row.bar.close), other.push(value));
            Some(log_ratio(row.bar.close, own_before?)? - log_ratio(value, other_before?)?)
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
        contract::{closes, column, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (closes, other) = (closes(history), column(parameters, history));
        pick(closes.len(), |t| {
            let before = t.checked_sub(parameters.count("window"))?;
            let prices = [closes[t], closes[before], other[t]?, other[before]?];
            prices.iter().all(|price| *price > 0.0).then(|| (prices[0] * prices[3] / prices[1] / prices[2]).ln())
        })
    }
}
