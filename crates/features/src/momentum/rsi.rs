//! Wilder's relative strength index.
//!
//! Gains average 2 / 2 = 1 and losses 1 / 2, so RSI = 100 · 1 / 1.5; then a gain of 1 makes them 1 and 0.25:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("rsi(window=2)", &[10.0, 12.0, 11.0, 12.0])?;
//! assert_eq!(values, [None, None, Some(100.0 / 1.5), Some(80.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Family, Laws, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::wilder,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "rsi",
    family: Family::Momentum,
    summary: "Relative strength index: the share of gains in all moves of the close.",
    formula: "100 * G / (G + L); G, L = Wilder averages of the rises and falls of the close",
    source: "Wilder (1978), New concepts in technical trading systems",
    unit: "1, from 0 to 100",
    undefined: "while the close has never moved",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 14, 2, "bars averaged over, in Wilder's way")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::PURE,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        let (mut gains, mut losses, mut before) = (wilder(window), wilder(window), None);
        on_bars(move |bar| {
            let change = bar.close - before.replace(bar.close)?;
            let (gain, loss) = (gains.push(change.max(0.0)), losses.push((-change).max(0.0)));
            let (gain, loss) = (gain?, loss?);
            (gain + loss > 0.0).then(|| 100.0 * gain / (gain + loss))
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
        contract::{closes, pick, wilder},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (closes, window) = (closes(history), parameters.count("window"));
        let moves = |sign: f64| {
            let moves = pick(closes.len(), |t| Some((sign * (closes[t] - closes[t.checked_sub(1)?])).max(0.0)));
            wilder(&moves, window)
        };
        let (gains, losses) = (moves(1.0), moves(-1.0));
        pick(closes.len(), |t| {
            let (gain, loss) = (gains[t]?, losses[t]?);
            (gain + loss > 0.0).then(|| 100.0 - 100.0 / (1.0 + gain / loss))
        })
    }
}
