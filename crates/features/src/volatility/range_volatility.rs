//! Volatility from open, high, low and close: Garman–Klass, Rogers–Satchell, Yang–Zhang.
//!
//! A bar that opens at 1, falls to 1, rises to e and closes there is all trend, which Rogers–Satchell does not count:
//! ```
//! use scaleout_features::examples::bars;
//! let e = std::f64::consts::E;
//! let row = [[1.0, e, 1.0, e, 1.0]];
//! assert_eq!(bars("rogers_satchell(window=1)", &row)?, [Some(0.0)]);
//! let garman_klass = (0.5 - (2.0 * 2.0_f64.ln() - 1.0)).sqrt();
//! assert_eq!(bars("garman_klass(window=1)", &row)?, [Some(garman_klass)]);
//! // Gaps of 1 and 0 with nothing inside the bars: variance 1/2.
//! let rows = [1.0, e, e].map(|price| [price, price, price, price, 1.0]);
//! assert!((bars("yang_zhang(window=2)", &rows)?[2].unwrap() - 0.5_f64.sqrt()).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::Bar;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::log_ratio,
    rolling::{Moments, Rolling},
};

const GARMAN_KLASS: Definition = Definition {
    name: "garman_klass",
    family: FeatureFamily::Volatility,
    summary: "Volatility of a bar from all four prices, for a walk without drift; misses gaps between bars.",
    formula: "sqrt(mean(ln(high / low)^2 / 2 - (2 ln 2 - 1) * ln(close / open)^2))",
    source: "Garman & Klass (1980), On the estimation of security price volatilities from historical data",
    unit: "log return per bar",
    undefined: "where a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| mean_root(parameters.count("window"), garman_klass),
    #[cfg(test)]
    naive: tests::garman_klass,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    GARMAN_KLASS,
    Definition {
        name: "rogers_satchell",
        summary: "Volatility of a bar from all four prices, whatever its drift; misses gaps between bars.",
        formula: "sqrt(mean(ln(high / close) * ln(high / open) + ln(low / close) * ln(low / open)))",
        source: "Rogers & Satchell (1991), Estimating variance from high, low and closing prices",
        build: |parameters| mean_root(parameters.count("window"), rogers_satchell),
        #[cfg(test)]
        naive: tests::rogers_satchell,
        ..GARMAN_KLASS
    },
    Definition {
        name: "yang_zhang",
        summary: "Volatility of a bar from all four prices and the gap before it, whatever the drift.",
        formula: "sqrt(var(ln(open / close before)) + k * var(ln(close / open)) + (1 - k) * mean RS), \
                  sample variances, k = 0.34 / (1.34 + (n + 1) / (n - 1))",
        source: "Yang & Zhang (2000), Drift-independent volatility estimation",
        parameters: &[Parameter::count("window", 20, 2, "window in bars")],
        warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
        build: |parameters| {
            let window = parameters.count("window");
            let (mut gaps, mut bodies, mut inside) = (Rolling::new(window), Rolling::new(window), Rolling::new(window));
            let mut before = None;
            let n = window as f64;
            let k = 0.34 / (1.34 + (n + 1.0) / (n - 1.0));
            on_bars(move |bar| {
                let before = before.replace(bar.close)?;
                gaps.push(log_ratio(bar.open, before).map(Moments::of));
                bodies.push(log_ratio(bar.close, bar.open).map(Moments::of));
                inside.push(rogers_satchell(bar).map(|variance| [variance]));
                let [inside] = inside.full()?;
                let (gap, body) = (gaps.full()?.sample_variance(), bodies.full()?.sample_variance());
                Some((gap + k * body + (1.0 - k) * inside / n).sqrt())
            })
        },
        #[cfg(test)]
        naive: tests::yang_zhang,
        ..GARMAN_KLASS
    },
];

fn garman_klass(bar: &Bar) -> Option<f64> {
    let (range, body) = (log_ratio(bar.high, bar.low)?, log_ratio(bar.close, bar.open)?);
    Some(0.5 * range * range - (2.0 * std::f64::consts::LN_2 - 1.0) * body * body)
}

fn rogers_satchell(bar: &Bar) -> Option<f64> {
    let up = log_ratio(bar.high, bar.close)? * log_ratio(bar.high, bar.open)?;
    Some(up + log_ratio(bar.low, bar.close)? * log_ratio(bar.low, bar.open)?)
}

/// The root of the mean of `variance` over the window.
fn mean_root(window: usize, variance: fn(&Bar) -> Option<f64>) -> Box<dyn crate::Feature> {
    let mut sums = Rolling::new(window);
    on_bars(move |bar| {
        sums.push(variance(bar).map(|variance| [variance]));
        let [sum] = sums.full()?;
        Some((sum / window as f64).max(0.0).sqrt())
    })
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Bar, MarketHistory};

    use crate::{
        Parameters,
        contract::{bars, mean, population_variance, rolling},
    };

    fn mean_root(
        parameters: &Parameters,
        history: &MarketHistory,
        variance: impl Fn(f64, f64, f64) -> f64,
    ) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window"), |bars| {
            let variances: Vec<f64> = bars
                .iter()
                .map(|bar| variance((bar.high / bar.open).ln(), (bar.low / bar.open).ln(), (bar.close / bar.open).ln()))
                .collect();
            bars.iter().all(|bar| bar.low > 0.0).then(|| mean(&variances).max(0.0).sqrt())
        })
    }

    pub(super) fn garman_klass(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        mean_root(parameters, history, |high, low, close| {
            0.5 * (high - low).powi(2) - (4.0_f64.ln() - 1.0) * close * close
        })
    }

    fn inside(high: f64, low: f64, close: f64) -> f64 {
        high * (high - close) + low * (low - close)
    }

    pub(super) fn rogers_satchell(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        mean_root(parameters, history, inside)
    }

    pub(super) fn yang_zhang(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let window = parameters.count("window");
        let n = window as f64;
        let k = 0.34 / (1.34 + (n + 1.0) / (n - 1.0));
        rolling(bars(history), window + 1, |bars: &[Bar]| {
            let gaps: Vec<f64> = (1..=window).map(|t| (bars[t].open / bars[t - 1].close).ln()).collect();
            let bodies: Vec<f64> = (1..=window).map(|t| (bars[t].close / bars[t].open).ln()).collect();
            let ranges: Vec<f64> = bars[1..]
                .iter()
                .map(|bar| inside((bar.high / bar.open).ln(), (bar.low / bar.open).ln(), (bar.close / bar.open).ln()))
                .collect();
            let sample = |values: &[f64]| population_variance(values) * n / (n - 1.0);
            let defined = bars[0].close > 0.0 && bars[1..].iter().all(|bar| bar.low > 0.0);
            defined.then(|| (sample(&gaps) + k * sample(&bodies) + (1.0 - k) * mean(&ranges)).sqrt())
        })
    }
}
