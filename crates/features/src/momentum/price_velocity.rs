//! Price velocity and acceleration, in units of volatility.
//!
//! Two steps of 1 while a step is usually 1: velocity 2 / (1 · √2):
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("price_velocity(window=2,volatility=2)", &[1.0, 2.0, 3.0])?;
//! assert_eq!(values, [None, None, Some(2.0 / 2.0_f64.sqrt())]);
//! // 4 - 2 * 2 + 1 = 1, steps of 1 and 2 have the root mean square √2.5:
//! let values = closes("price_acceleration(window=1,volatility=2)", &[1.0, 2.0, 4.0])?;
//! assert!((values[2].unwrap() - 1.0 / (2.5_f64.sqrt() * 2.0_f64.sqrt())).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::{Delay, Rolling},
};

const VELOCITY: Definition = Definition {
    name: "price_velocity",
    family: FeatureFamily::Momentum,
    summary: "How far the close moved in n bars, in units of what a random walk of the same volatility would do.",
    formula: "(close - close n before) / (s * sqrt(n)), s = root mean square of the last m changes of the close",
    source: "Moskowitz, Ooi & Pedersen (2012), Time series momentum (returns scaled by volatility)",
    unit: "standard deviations",
    undefined: "where the close stood still for m bars",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::count("window", 10, 1, "bars moved over (n)"),
        Parameter::count("volatility", 50, 1, "bars of the volatility (m)"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window").max(parameters.count("volatility")) + 1),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| feature(parameters, 1),
    #[cfg(test)]
    naive: tests::velocity,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    VELOCITY,
    Definition {
        name: "price_acceleration",
        summary: "How much faster the close moves than n bars before, in units of a random walk's deviation.",
        formula: "(close - 2 close_n + close_2n) / (s * sqrt(2 n)), close_n being n bars before",
        warm_up: |parameters| WarmUp::Bars((2 * parameters.count("window")).max(parameters.count("volatility")) + 1),
        build: |parameters| feature(parameters, 2),
        #[cfg(test)]
        naive: tests::acceleration,
        ..VELOCITY
    },
];

/// The difference of the given order over n bars, in deviations of that difference in a random walk.
fn feature(parameters: &Parameters, order: usize) -> Box<dyn Feature> {
    let (window, volatility) = (parameters.count("window"), parameters.count("volatility"));
    let (mut squares, mut before) = (Rolling::new(volatility), None);
    let mut delays = vec![Delay::new(window); order];
    let bars = (order * window) as f64;
    on_bars(move |bar| {
        if let Some(before) = before.replace(bar.close) {
            let change: f64 = bar.close - before;
            squares.push(Some([change * change]));
        }
        let mut difference = Some(bar.close);
        for delay in &mut delays {
            difference = difference.and_then(|now| Some(now - delay.push(now)?));
        }
        let [sum] = squares.full()?;
        let difference = difference?;
        (sum > 0.0).then(|| difference / ((sum / volatility as f64).sqrt() * bars.sqrt()))
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, over, pick},
    };

    fn direct(
        parameters: &Parameters,
        history: &MarketHistory,
        bars: f64,
        difference: impl Fn(&[f64], usize) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let closes = closes(history);
        let changes = pick(closes.len(), |t| Some(closes[t] - closes[t.checked_sub(1)?]));
        let sigma = over(&changes, parameters.count("volatility"), |changes| {
            Some((changes.iter().map(|change| change * change).sum::<f64>() / changes.len() as f64).sqrt())
        });
        pick(closes.len(), |t| Some(difference(&closes, t)? / (sigma[t].filter(|sigma| *sigma > 0.0)? * bars.sqrt())))
    }

    pub(super) fn velocity(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let n = parameters.count("window");
        direct(parameters, history, n as f64, |closes, t| Some(closes[t] - closes[t.checked_sub(n)?]))
    }

    pub(super) fn acceleration(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let n = parameters.count("window");
        direct(parameters, history, 2.0 * n as f64, |closes, t| {
            Some(closes[t] - 2.0 * closes[t - n.min(t)] + closes[t.checked_sub(2 * n)?])
        })
    }
}
