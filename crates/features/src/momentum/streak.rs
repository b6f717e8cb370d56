//! Streak of rising or falling closes.
//!
//! Two rises, then a fall:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("streak", &[1.0, 2.0, 3.0, 2.0])?, [None, Some(1.0), Some(2.0), Some(-1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "streak",
    family: FeatureFamily::Momentum,
    summary: "Number of closes in a row that rose (positive) or fell (negative); an unchanged close ends a streak.",
    formula: "k if the last k closes each rose and the one before did not, -k if they fell, 0 if unchanged",
    source: "Connors & Alvarez (2012), An introduction to ConnorsRSI",
    unit: "bars",
    undefined: "never",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[],
    conflict: no_conflict,
    warm_up: |_| WarmUp::Bars(2),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |_| {
        let (mut before, mut streak) = (None, 0.0_f64);
        on_bars(move |bar| {
            let change: f64 = bar.close - before.replace(bar.close)?;
            let sign = if change == 0.0 { 0.0 } else { change.signum() };
            streak = if sign * streak > 0.0 { streak + sign } else { sign };
            Some(streak)
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

    pub(super) fn naive(_: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let closes = closes(history);
        pick(closes.len(), |t| {
            t.checked_sub(1)?;
            let run = |rose: fn(f64, f64) -> bool| {
                (1..=t).rev().take_while(|&bar| rose(closes[bar], closes[bar - 1])).count() as f64
            };
            Some(run(|now, before| now > before) - run(|now, before| now < before))
        })
    }
}
