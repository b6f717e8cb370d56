//! Bipower volatility, which jumps hardly touch, and the share of variance that is jumps.
//!
//! Returns of 1 and 1: products average 1, so the bipower variance is π/2:
//! ```
//! use scaleout_features::examples::closes;
//! let e = std::f64::consts::E;
//! let values = closes("bipower_volatility(window=2)", &[1.0, e, e * e])?;
//! assert!((values[2].unwrap().powi(2) - std::f64::consts::FRAC_PI_2).abs() < 1e-15);
//! assert_eq!(closes("jump_share(window=2)", &[1.0, e, e * e])?, [None, None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::LogReturns,
    rolling::Rolling,
};

const BIPOWER: Definition = Definition {
    name: "bipower_volatility",
    family: FeatureFamily::Volatility,
    summary: "Volatility from products of neighbouring absolute returns, robust to single jumps.",
    formula: "sqrt(pi / 2 * mean(|r_t| |r_(t-1)|)), the n - 1 products among the last n log returns",
    source: "Barndorff-Nielsen & Shephard (2004), Power and bipower variation with stochastic volatility and jumps",
    unit: "log return per bar",
    undefined: "where a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 2, "returns in the window, in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| feature(parameters, |bipower, _| Some(bipower.sqrt())),
    #[cfg(test)]
    naive: tests::bipower,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    BIPOWER,
    Definition {
        name: "jump_share",
        summary: "The share of the realised variance that jumps make up.",
        formula: "max(0, 1 - bipower variance / mean(r^2))",
        unit: "1, from 0 to 1",
        undefined: "where no price moves, or a price in the window is <= 0",
        build: |parameters| {
            feature(parameters, |bipower, realised| (realised > 0.0).then(|| (1.0 - bipower / realised).max(0.0)))
        },
        #[cfg(test)]
        naive: tests::jump_share,
        ..BIPOWER
    },
];

/// What `value` makes of bipower and realised variance.
fn feature(parameters: &Parameters, value: impl Fn(f64, f64) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    let window = parameters.count("window");
    let (mut squares, mut products) = (Rolling::new(window), Rolling::new(window - 1));
    let (mut returns, mut before) = (LogReturns::default(), None);
    on_bars(move |bar| {
        let now = returns.push(bar.close);
        let product = now.zip(before).map(|(now, before): (f64, f64)| [(now * before).abs()]);
        before = now;
        squares.push(now.map(|r| [r * r]));
        products.push(product);
        let ([squares], [products]) = (squares.full()?, products.full()?);
        let n = window as f64;
        value(std::f64::consts::FRAC_PI_2 * products / (n - 1.0), squares / n)
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, log_returns, mean, over},
    };

    fn direct(
        parameters: &Parameters,
        history: &MarketHistory,
        value: impl Fn(f64, f64) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        over(&log_returns(&closes(history)), parameters.count("window"), |returns| {
            let products: Vec<f64> = returns.windows(2).map(|pair| pair[0].abs() * pair[1].abs()).collect();
            let squares: Vec<f64> = returns.iter().map(|r| r * r).collect();
            value(mean(&products) * std::f64::consts::PI / 2.0, mean(&squares))
        })
    }

    pub(super) fn bipower(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, |bipower, _| Some(bipower.sqrt()))
    }

    pub(super) fn jump_share(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, |bipower, realised| {
            (realised > 0.0).then(|| ((realised - bipower) / realised).max(0.0))
        })
    }
}
