//! Rolling correlation, beta and lead–lag with another series.
//!
//! The other series moves twice as far, in logs, each time:
//! ```
//! use scaleout_features::examples::beside;
//! let e = std::f64::consts::E;
//! let (closes, other) = ([1.0, e, 1.0], [Some(1.0), Some(e * e), Some(1.0)]);
//! assert!((beside("correlation:other(window=2)", &closes, &other)?[2].unwrap() - 1.0).abs() < 1e-12);
//! assert!((beside("beta:other(window=2)", &closes, &other)?[2].unwrap() - 0.5).abs() < 1e-12);
//! // We repeat what the other did one bar before, and it does not repeat us:
//! let (closes, other) = ([1.0, 1.0, e, 1.0, e], [1.0, e, 1.0, e, e * e].map(Some));
//! assert!((beside("lead_lag:other(window=3,lag=1)", &closes, &other)?[4].unwrap() - 1.0).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::{on_columns, on_rows},
    returns::LogReturns,
    rolling::{Comoments, Rolling},
};

const CORRELATION: Definition = Definition {
    name: "correlation",
    family: FeatureFamily::CrossMarket,
    summary: "Correlation of the market's log returns with those of a column (a second instrument, an index).",
    formula: "cov(r, r_other) / sqrt(var(r) var(r_other)) over the last n returns",
    source: "Pearson (1895); Longin & Solnik (1995), Is the correlation in international equity returns constant",
    unit: "1, from -1 to 1",
    undefined: "where either stood still, a price in the window is <= 0 or the column has no value",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 60, 2, "returns in the window, in bars (n)")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: true,
    build: |parameters| pairs(parameters, |x, y| [x, y, x * x, x * y, y * y], correlation),
    #[cfg(test)]
    naive: tests::correlated,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    CORRELATION,
    Definition {
        name: "beta",
        summary: "How many per cent the market moves with one per cent of the column.",
        formula: "cov(r, r_other) / var(r_other) over the last n log returns",
        source: "Sharpe (1964), Capital asset prices",
        unit: "1",
        build: |parameters| pairs(parameters, |x, y| [x, y, x * x, x * y], slope),
        #[cfg(test)]
        naive: tests::beta,
        ..CORRELATION
    },
    Definition {
        name: "lead_lag",
        summary: "Whether the column leads the market: positive if its past says more about our returns than ours about its.",
        formula: "|corr(r_t, r_other_(t-lag))| - |corr(r_(t-lag), r_other_t)| over n pairs",
        source: "Lo & MacKinlay (1990), When are contrarian profits due to stock market overreaction (cross-effects)",
        unit: "1, from -1 to 1",
        parameters: &[
            Parameter::count("window", 60, 2, "pairs of returns in the window, in bars (n)"),
            Parameter { max: 10_000.0, ..Parameter::count("lag", 1, 1, "bars of the lead") },
        ],
        warm_up: |parameters| WarmUp::Bars(parameters.count("window") + parameters.count("lag") + 1),
        build: |parameters| {
            let (column, lag) = (parameters.column(), parameters.count("lag"));
            let window = parameters.count("window");
            let (mut led, mut leading) = (Rolling::new(window), Rolling::new(window));
            let (mut own, mut other) = (LogReturns::default(), LogReturns::default());
            let mut past: Vec<(f64, f64)> = Vec::with_capacity(lag);
            let mut oldest = 0;
            on_rows(move |row| {
                let now = own.push(row.bar.close).zip(other.push(row.columns[column].unwrap_or(f64::NAN)));
                let Some((own, other)) = now else {
                    // A hole in either series: pairs across it are not neighbours.
                    past.clear();
                    led.push(None);
                    leading.push(None);
                    return None;
                };
                if past.len() < lag {
                    past.push((own, other));
                    oldest = 0;
                } else {
                    let (own_before, other_before) = std::mem::replace(&mut past[oldest], (own, other));
                    oldest = (oldest + 1) % lag;
                    led.push(Some(Comoments::of(other_before, own)));
                    leading.push(Some(Comoments::of(own_before, other)));
                }
                Some(led.full()?.correlation()?.abs() - leading.full()?.correlation()?.abs())
            })
        },
        #[cfg(test)]
        naive: tests::lead_lag,
        ..CORRELATION
    },
];

/// What `value` makes of the share that each return has in the window and of the sums of `sample`, made of the other's and our
/// own return.
fn pairs<const N: usize>(
    parameters: &Parameters,
    sample: impl Fn(f64, f64) -> [f64; N] + Send + 'static,
    value: impl Fn(f64, [f64; N]) -> Option<f64> + Send + 'static,
) -> Box<dyn Feature> {
    let (column, window) = (parameters.column(), parameters.count("window"));
    let (mut own, mut other, mut sums) = (LogReturns::default(), LogReturns::default(), Rolling::new(window));
    let share = 1.0 / window as f64;
    let (mut own_returns, mut other_returns) = (Vec::new(), Vec::new());
    let mut returns: Vec<[f64; 2]> = Vec::new();
    on_columns(move |bars, values| {
        own_returns.resize(values.len(), f64::NAN);
        other_returns.resize(values.len(), f64::NAN);
        own.fold(bars.close, &mut own_returns);
        other.fold(bars.column(column), &mut other_returns);
        returns.clear();
        returns.extend(other_returns.iter().zip(&own_returns).map(|(x, y)| [*x, *y]));
        let value = |_, sums| value(share, sums).unwrap_or(f64::NAN);
        // Not `any`: without a way out the whole stretch is looked at several returns at a time.
        if returns.iter().fold(false, |hole, [x, y]| hole | (x + y).is_nan()) {
            let pair = |_, [x, y]: &[f64; 2]| (!(x + y).is_nan()).then(|| sample(*x, *y));
            sums.fold(&returns, pair, values, value);
        } else {
            sums.fold(&returns, |_, [x, y]: &[f64; 2]| Some(sample(*x, *y)), values, value);
        }
    })
}

/// Variation below this share of the squares is what rounding leaves of none. Returns lie around 0, so that their
/// squares are as good as squared deviations.
const ROUNDING: f64 = 1e-12;

/// Σ(x − mean)², `None` where x hardly varies.
fn variation(share: f64, sum: f64, squares: f64) -> Option<f64> {
    let variation = squares - sum * (sum * share);
    (ROUNDING * squares < variation).then_some(variation)
}

fn slope(share: f64, [x, y, xx, xy]: [f64; 4]) -> Option<f64> {
    Some((xy - x * (y * share)) / variation(share, x, xx)?)
}

fn correlation(share: f64, [x, y, xx, xy, yy]: [f64; 5]) -> Option<f64> {
    let variations = variation(share, x, xx)? * variation(share, y, yy)?;
    Some(((xy - x * (y * share)) / variations.sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, column, correlation, log_returns, pick, slope},
    };

    /// Own and the column's log returns where both are there.
    fn returns(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<(f64, f64)>> {
        let own = log_returns(&closes(history));
        let other: Vec<f64> = column(parameters, history).iter().map(|value| value.unwrap_or(0.0)).collect();
        own.into_iter().zip(log_returns(&other)).map(|(own, other)| own.zip(other)).collect()
    }

    fn direct(
        parameters: &Parameters,
        history: &MarketHistory,
        length: usize,
        value: impl Fn(&[f64], &[f64]) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let returns = returns(parameters, history);
        pick(returns.len(), |t| {
            let window = &returns[(t + 1).checked_sub(length)?..=t];
            let (own, other): (Vec<f64>, Vec<f64>) =
                window.iter().copied().collect::<Option<Vec<_>>>()?.into_iter().unzip();
            value(&own, &other)
        })
    }

    pub(super) fn correlated(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, parameters.count("window"), correlation)
    }

    pub(super) fn beta(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        direct(parameters, history, parameters.count("window"), |own, other| slope(other, own))
    }

    pub(super) fn lead_lag(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (window, lag) = (parameters.count("window"), parameters.count("lag"));
        direct(parameters, history, window + lag, |own, other| {
            let led = correlation(&own[lag..], &other[..window])?;
            Some(led.abs() - correlation(&own[..window], &other[lag..])?.abs())
        })
    }
}
