//! Amihud's illiquidity.
//!
//! A log return of 1 for a turnover of e:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! let values = closes("amihud(window=1)", &[1.0, e])?;
//! assert_eq!(values, [None, Some(1e6 / e)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, Shift, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::LogReturns,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "amihud",
    family: FeatureFamily::OrderFlow,
    summary: "Illiquidity: the absolute return that a million of turnover moves. A proxy from bars.",
    formula: "1e6 * mean(|r| / (close * volume)) over the bars of the window that have volume",
    source: "Amihud (2002), Illiquidity and stock returns",
    unit: "log return per million of currency",
    undefined: "in a window without volume, or with a price <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "returns in the window, in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws { price_power: Some(-1.0), volume_power: Some(-1.0), shift: Shift::Relative },
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let (mut ratios, mut returns) = (Rolling::new(parameters.count("window")), LogReturns::default());
        on_bars(move |bar| {
            let turnover = bar.close * bar.volume;
            ratios.push(
                returns.push(bar.close).map(|r| if turnover > 0.0 { [r.abs() / turnover, 1.0] } else { [0.0, 0.0] }),
            );
            let [sum, count] = ratios.full()?;
            (count > 0.0).then(|| 1e6 * sum / count)
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
        contract::{bars, closes, log_returns, mean, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (bars, returns) = (bars(history), log_returns(&closes(history)));
        pick(bars.len(), |t| {
            let first = (t + 1).checked_sub(parameters.count("window"))?;
            let mut ratios = vec![];
            for bar in first..=t {
                let r = returns[bar]?;
                if bars[bar].volume > 0.0 {
                    ratios.push(1e6 * r.abs() / (bars[bar].close * bars[bar].volume));
                }
            }
            (!ratios.is_empty()).then(|| mean(&ratios))
        })
    }
}
