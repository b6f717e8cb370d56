//! Imbalance from a column with the volume that takers bought.
//!
//! Of a volume of 1 takers bought 0.75:
//! ```
//! use scaleout_features::examples::beside;
//! assert_eq!(beside("taker_imbalance:other(window=1)", &[100.0], &[Some(0.75)])?, [Some(0.5)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_rows,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "taker_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "How one-sided the volume is, from the volume that takers bought as exchanges publish it with bars. \
              A proxy from bars: inside a bar the order is lost.",
    formula: "sum(2 * column - volume) / sum(volume)",
    source: "Chordia, Roll & Subrahmanyam (2002), Order imbalance, liquidity, and market returns",
    unit: "1, from -1 to 1",
    undefined: "in a window without volume, or where the column has no value",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    // The column is in quantities too, and does not follow when only the bars' volumes change their unit.
    laws: Laws { volume_power: None, ..Laws::PURE },
    mirror: Mirror::Negated,
    reads_column: true,
    build: |parameters| {
        let mut sums = Rolling::new(parameters.count("window"));
        let column = parameters.column();
        on_rows(move |row| {
            let volume = row.bar.volume;
            sums.push(row.columns[column].map(|bought| [2.0 * bought - volume, volume]));
            let [signed, total] = sums.full()?;
            (total > 0.0).then(|| signed / total)
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
        contract::{bars, column, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let bought = column(parameters, history);
        pick(bought.len(), |t| {
            let first = (t + 1).checked_sub(parameters.count("window"))?;
            let bought: f64 = bought[first..=t].iter().copied().sum::<Option<f64>>()?;
            let total: f64 = bars(history)[first..=t].iter().map(|bar| bar.volume).sum();
            (total > 0.0).then(|| (bought - (total - bought)) / total)
        })
    }
}
