//! The volume of a bar beside that of the bars before it.
//!
//! Volumes of 10 and 30 before, 40 now:
//! ```
//! use scaleout_features::examples::bars;
//! let rows = [10.0, 30.0, 40.0].map(|volume| [1.0, 1.0, 1.0, 1.0, volume]);
//! assert_eq!(bars("relative_volume(window=2)", &rows)?, [None, None, Some(2.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "relative_volume",
    family: FeatureFamily::OrderFlow,
    summary: "How busy the bar was: its volume beside the mean of the bars before it.",
    formula: "volume / mean(volume of the n bars before)",
    source: "common practice (relative volume, RVOL)",
    unit: "1",
    undefined: "where the bars before had no volume",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "bars before that are averaged")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let mut volumes = Rolling::new(window);
        on_bars(move |bar| {
            let before = volumes.full().map(|[sum]: [f64; 1]| sum / window as f64);
            volumes.push(Some([bar.volume]));
            before.filter(|mean| *mean > 0.0).map(|mean| bar.volume / mean)
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
        contract::{bars, mean, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let volumes: Vec<f64> = bars(history).iter().map(|bar| bar.volume).collect();
        pick(volumes.len(), |t| {
            let before = mean(&volumes[t.checked_sub(parameters.count("window"))?..t]);
            (before > 0.0).then(|| volumes[t] / before)
        })
    }
}
