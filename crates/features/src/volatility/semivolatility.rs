//! Volatility of rises and of falls.
//!
//! A return of 1 and one of −1: half of the variance each way:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! assert_eq!(closes("downside_volatility(window=2)", &[1.0, e, 1.0])?, [None, None, Some(0.5_f64.sqrt())]);
//! assert_eq!(closes("upside_volatility(window=2)", &[1.0, e, 1.0])?, [None, None, Some(0.5_f64.sqrt())]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::LogReturns,
    rolling::Rolling,
};

const UPSIDE: Definition = Definition {
    name: "upside_volatility",
    family: FeatureFamily::Volatility,
    summary: "Root of the realised semivariance of rises.",
    formula: "sqrt(sum(r^2 where r > 0) / n)",
    source: "Barndorff-Nielsen, Kinnebrock & Shephard (2010), Measuring downside risk: realised semivariance",
    unit: "log return per bar",
    undefined: "where a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "returns in the window, in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Swapped("downside_volatility"),
    reads_column: false,
    build: |parameters| feature(parameters, 1.0),
    #[cfg(test)]
    naive: tests::upside,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    UPSIDE,
    Definition {
        name: "downside_volatility",
        summary: "Root of the realised semivariance of falls.",
        formula: "sqrt(sum(r^2 where r < 0) / n)",
        mirror: Mirror::Swapped("upside_volatility"),
        build: |parameters| feature(parameters, -1.0),
        #[cfg(test)]
        naive: tests::downside,
        ..UPSIDE
    },
];

fn feature(parameters: &Parameters, sign: f64) -> Box<dyn Feature> {
    let window = parameters.count("window");
    let (mut squares, mut returns) = (Rolling::new(window), LogReturns::default());
    on_bars(move |bar| {
        squares.push(returns.push(bar.close).map(|r| [(sign * r).max(0.0).powi(2)]));
        let [sum] = squares.full()?;
        Some((sum / window as f64).sqrt())
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, log_returns, mean, over},
    };

    fn direct(parameters: &Parameters, history: &MarketHistory, counts: fn(f64) -> bool) -> Vec<Option<f64>> {
        over(&log_returns(&closes(history)), parameters.count("window"), |returns| {
            let squares: Vec<f64> = returns.iter().map(|&r| if counts(r) { r * r } else { 0.0 }).collect();
            Some(mean(&squares).sqrt())
        })
    }

    pub(super) fn upside(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, |r| r > 0.0)
    }

    pub(super) fn downside(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, |r| r < 0.0)
    }
}
