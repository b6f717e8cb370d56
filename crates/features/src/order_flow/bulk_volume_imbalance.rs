//! Bulk-volume imbalance: order flow guessed from bars.
//!
//! A close that does not move says nothing about the side, so the volume is split evenly:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("bulk_volume_imbalance(window=1,sigma=2)", &[1.0, 2.0, 2.0])?;
//! assert_eq!(values, [None, None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    bulk_volume::BulkVolume,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "bulk_volume_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "Buyers' less sellers' share of the volume, guessed from how far closes move. A proxy from bars.",
    formula: "sum(volume * (2 Phi(change of close / s) - 1)) / sum(volume), s = sample deviation of the last changes",
    source: "Easley, Lopez de Prado & O'Hara (2012), Flow toxicity and liquidity in a high-frequency world",
    unit: "1, from -1 to 1",
    undefined: "in a window without volume",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("window", 20, 1, "window in bars"),
        Parameter::count("sigma", 50, 2, "changes of the close over which s is taken"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("sigma") + parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let mut bulk = BulkVolume::new(parameters.count("sigma"));
        let mut sums = Rolling::new(parameters.count("window"));
        on_bars(move |bar| {
            sums.push(bulk.push(bar.close).map(|imbalance| [imbalance * bar.volume, bar.volume]));
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
        bulk_volume::direct_imbalances,
        contract::{bars, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let imbalances = direct_imbalances(history, parameters.count("sigma"));
        pick(imbalances.len(), |t| {
            let first = (t + 1).checked_sub(parameters.count("window"))?;
            let (mut signed, mut total) = (0.0, 0.0);
            for (bar, imbalance) in bars(history)[first..=t].iter().zip(&imbalances[first..=t]) {
                signed += (*imbalance)? * bar.volume;
                total += bar.volume;
            }
            (total > 0.0).then(|| signed / total)
        })
    }
}
