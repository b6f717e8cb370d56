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
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::Wilder,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "rsi",
    family: FeatureFamily::Momentum,
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
    mirror: Mirror::Complement(100.0),
    reads_column: false,
    build: |parameters| {
        let (mut moves, mut before) = (Wilder::new(parameters.count("window")), None);
        on_columns(move |bars, values| {
            let Some((first, later)) = values.split_first_mut() else { return };
            let start = before.and_then(|before| moves.push(rise_and_fall([before, bars.close[0]])));
            *first = start.map_or(f64::NAN, share_of_gains);
            let inputs = [&bars.close[..later.len()], &bars.close[1..]];
            moves.fold(inputs, rise_and_fall, later, |_, moves| share_of_gains(moves));
            before = bars.close.last().copied();
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

fn rise_and_fall([before, close]: [f64; 2]) -> [f64; 2] {
    [close - before, before - close].map(|change| if change > 0.0 { change } else { 0.0 })
}

fn share_of_gains([gain, loss]: [f64; 2]) -> f64 {
    let (moves, share) = (gain + loss, 100.0 * gain / (gain + loss));
    if moves > 0.0 { share } else { f64::NAN }
}

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
