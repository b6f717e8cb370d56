//! z-score of a column.
//!
//! 3 is one deviation above the mean of 1 and 3:
//! ```
//! use scaleout_features::examples::beside;
//! let values = beside("z_score:other(window=2)", &[1.0, 1.0], &[Some(1.0), Some(3.0)])?;
//! assert_eq!(values, [None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_rows,
    rolling::{Moments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "z_score",
    family: FeatureFamily::CrossMarket,
    summary: "How unusual a column's value is against its own recent past.",
    formula: "(x - mean) / population deviation of the column's last n values",
    source: "common practice; Gatev, Goetzmann & Rouwenhorst (2006), Pairs trading",
    unit: "standard deviations",
    undefined: "where the column did not vary or has no value",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 60, 2, "window in bars (n)")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Unknown,
    reads_column: true,
    build: |parameters| {
        let column = parameters.column();
        let mut values = Rolling::new(parameters.count("window"));
        on_rows(move |row| {
            let value = row.columns[column];
            values.push(value.map(Moments::of));
            let moments = values.full()?;
            let mean = moments.mean();
            (moments.squares() > 0.0).then(|| (value.unwrap_or(mean) - mean) / moments.variance().sqrt())
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
        contract::{column, mean, over, population_variance},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        over(&column(parameters, history), parameters.count("window"), |values| {
            let deviation = population_variance(values).sqrt();
            (deviation > 0.0).then(|| (values[values.len() - 1] - mean(values)) / deviation)
        })
    }
}
