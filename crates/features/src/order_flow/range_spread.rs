//! Spreads guessed from high, low and close: Corwin–Schultz and Abdi–Ranaldo.
//!
//! Two bars with the same range from 1 to e: β = 2, γ = 1, and the spread follows:
//! ```
//! use scaleout_features::examples::bars;
//! let row = [1.0, std::f64::consts::E, 1.0, 1.0, 1.0];
//! let root = 3.0 - 2.0 * 2.0_f64.sqrt();
//! let alpha = (2.0 - 2.0_f64.sqrt()) / root - (1.0 / root).sqrt();
//! let spread = 2.0 * (alpha.exp() - 1.0) / (1.0 + alpha.exp());
//! let values = bars("corwin_schultz(window=1)", &[row, row])?;
//! assert!((values[1].unwrap() - spread).abs() < 1e-12);
//! // The close of e stands 1/2 above both middles, in logs: 4 / 2 / 2.
//! let e = std::f64::consts::E;
//! let values = bars("abdi_ranaldo(window=1)", &[[1.0, e, 1.0, e, 1.0], [e, e, 1.0, 1.0, 1.0]])?;
//! assert!((values[1].unwrap() - 1.0).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::Bar;

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    returns::log_ratio,
    rolling::Rolling,
};

const CORWIN_SCHULTZ: Definition = Definition {
    name: "corwin_schultz",
    family: FeatureFamily::OrderFlow,
    summary: "Spread guessed from how ranges grow with time. A proxy from bars.",
    formula: "mean over n pairs of bars of max(0, 2 (e^a - 1) / (1 + e^a)), a = (sqrt(2b) - sqrt(b)) / k - sqrt(g / k), \
              k = 3 - 2 sqrt 2, b = ln(H1/L1)^2 + ln(H2/L2)^2, g = ln(max H / min L)^2, gaps closed by shifting the second bar",
    source: "Corwin & Schultz (2012), A simple way to estimate bid-ask spreads from daily high and low prices",
    unit: "share of the price",
    undefined: "where a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 1, "pairs of bars averaged (n)")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| pairs(parameters, corwin_schultz, |mean| mean),
    #[cfg(test)]
    naive: tests::corwin_schultz,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    CORWIN_SCHULTZ,
    Definition {
        name: "abdi_ranaldo",
        summary: "Spread guessed from how far closes stand from the middles of ranges. A proxy from bars.",
        formula: "sqrt(max(0, 4 * mean((c_t - m_t)(c_t - m_(t+1))))) over n pairs of bars, c = ln close, \
                  m = (ln high + ln low) / 2",
        source: "Abdi & Ranaldo (2017), A simple estimation of bid-ask spreads from daily close, high, and low prices",
        build: |parameters| pairs(parameters, abdi_ranaldo, |mean| (4.0 * mean).max(0.0).sqrt()),
        #[cfg(test)]
        naive: tests::abdi_ranaldo,
        ..CORWIN_SCHULTZ
    },
];

/// What `finish` makes of the mean of `sample` over pairs of neighbouring bars.
fn pairs(parameters: &Parameters, sample: fn(&Bar, &Bar) -> Option<f64>, finish: fn(f64) -> f64) -> Box<dyn Feature> {
    let window = parameters.count("window");
    let (mut sums, mut before) = (Rolling::new(window), None);
    on_bars(move |bar| {
        let before: Bar = before.replace(*bar)?;
        sums.push(sample(&before, bar).map(|value| [value]));
        let [sum] = sums.full()?;
        Some(finish(sum / window as f64))
    })
}

fn corwin_schultz(first: &Bar, second: &Bar) -> Option<f64> {
    // A gap is no range: the second bar is moved to touch the first close.
    let gap = (first.close - second.high).max(0.0) + (first.close - second.low).min(0.0);
    let (high, low) = (second.high + gap, second.low + gap);
    let squared = |high: f64, low: f64| log_ratio(high, low).map(|range| range * range);
    let b = squared(first.high, first.low)? + squared(high, low)?;
    let g = squared(first.high.max(high), first.low.min(low))?;
    let k = 3.0 - 2.0 * std::f64::consts::SQRT_2;
    let a = ((2.0 * b).sqrt() - b.sqrt()) / k - (g / k).sqrt();
    Some((2.0 * a.exp_m1() / (1.0 + a.exp())).max(0.0))
}

fn abdi_ranaldo(first: &Bar, second: &Bar) -> Option<f64> {
    let above = |bar: &Bar| Some(0.5 * (log_ratio(first.close, bar.high)? + log_ratio(first.close, bar.low)?));
    Some(above(first)? * above(second)?)
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, mean, rolling},
    };

    pub(super) fn corwin_schultz(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window") + 1, |bars| {
            let mut spreads = vec![];
            for pair in bars.windows(2) {
                let (mut high, mut low) = (pair[1].high, pair[1].low);
                if low > pair[0].close {
                    (high, low) = (high - low + pair[0].close, pair[0].close);
                } else if high < pair[0].close {
                    (high, low) = (pair[0].close, low - high + pair[0].close);
                }
                if pair[0].low <= 0.0 || low <= 0.0 {
                    return None;
                }
                let beta = (pair[0].high / pair[0].low).ln().powi(2) + (high / low).ln().powi(2);
                let gamma = (pair[0].high.max(high) / pair[0].low.min(low)).ln().powi(2);
                let k = 3.0 - 8.0_f64.sqrt();
                let alpha = (2.0_f64.sqrt() - 1.0) * beta.sqrt() / k - (gamma / k).sqrt();
                spreads.push((2.0 * (alpha / 2.0).tanh()).max(0.0));
            }
            Some(mean(&spreads))
        })
    }

    pub(super) fn abdi_ranaldo(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        rolling(bars(history), parameters.count("window") + 1, |bars| {
            if bars.iter().any(|bar| bar.low <= 0.0) {
                return None;
            }
            let products: Vec<f64> = bars
                .windows(2)
                .map(|pair| {
                    let close = pair[0].close;
                    let log = |price: f64| ((close - price) / price).ln_1p();
                    (log(pair[0].high) + log(pair[0].low)) / 2.0 * (log(pair[1].high) + log(pair[1].low)) / 2.0
                })
                .collect();
            Some((4.0 * mean(&products)).max(0.0).sqrt())
        })
    }
}
