//! Money flow index.
//!
//! Money of 2 · 1 flows in and 1 · 2 flows out, so it stands in the middle:
//! ```
//! use scaleout_features::examples::bars;
//! let rows = [[1.0, 1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 2.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0, 2.0]];
//! assert_eq!(bars("mfi(window=2)", &rows)?, [None, None, Some(50.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "mfi",
    family: FeatureFamily::Momentum,
    summary: "Money flow index: the share of turnover in bars whose typical price rose.",
    formula: "100 * up / (up + down); TP * volume summed where TP rose, fell; TP = (high + low + close) / 3",
    source: "Quong & Soudack (1989), Volume-weighted RSI: money flow",
    unit: "1, from 0 to 100",
    undefined: "where no volume traded at a changed price, or a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 14, 1, "changes in the window, in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Complement(100.0),
    reads_column: false,
    build: |parameters| {
        let (mut flows, mut typical, mut last) = (Rolling::new(parameters.count("window")), Vec::new(), None);
        on_columns(move |bars, values| {
            typical.clear();
            typical.extend(last);
            let edges = bars.high.iter().zip(bars.low).zip(bars.close);
            typical.extend(edges.map(|((high, low), close)| (high + low + close) / 3.0));
            last = typical.last().copied();
            // The very first bar has none before it.
            let first = usize::from(typical.len() == values.len());
            values[..first].fill(f64::NAN);
            let volumes = &bars.volume[first..];
            let sample = |t: usize, now: &f64| {
                let (before, flow) = (typical[t], now * volumes[t]);
                let up = if *now > before { flow } else { 0.0 };
                let down = if *now < before { flow } else { 0.0 };
                (*now > 0.0).then_some([up, down])
            };
            flows.fold(&typical[1..], sample, &mut values[first..], |_, [up, down]| {
                let share = 100.0 * up / (up + down);
                if up + down > 0.0 { share } else { f64::NAN }
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
        contract::{bars, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let bars = bars(history);
        let typical: Vec<f64> = bars.iter().map(|bar| (bar.high + bar.low + bar.close) / 3.0).collect();
        pick(bars.len(), |t| {
            let first = t.checked_sub(parameters.count("window"))? + 1;
            let (mut up, mut down) = (0.0, 0.0);
            for bar in first..=t {
                if typical[bar] <= 0.0 {
                    return None;
                }
                let flow = typical[bar] * bars[bar].volume;
                if typical[bar] > typical[bar - 1] {
                    up += flow;
                }
                if typical[bar] < typical[bar - 1] {
                    down += flow;
                }
            }
            (up + down > 0.0).then(|| 100.0 * up / (up + down))
        })
    }
}
