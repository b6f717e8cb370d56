//! Rolling correlation, beta and lead–lag with another series.
//!
//! The other series moves twice as far, in logs, each time:
//! ```
//! use scaleout_features::examples::beside;
//! let e = std::f64::consts::E;
//! let (closes, other) = ([1.0, e, 1.0], [Some(1.0), Some(e * e), Some(1.0)]);
//! assert!((beside("correlation:other(window=2)", &closes, &other)?[2].unwrap() - 1.0).abs() < 1e-12);
//! assert!((beside("beta:other(window=2)", &closes, &other)?[2].unwrap() - 0.5).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Family, Feature, Laws, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_rows,
    returns::LogReturns,
    rolling::{Comoments, Rolling},
};

const CORRELATION: Definition = Definition {
    name: "correlation",
    family: Family::CrossMarket,
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
    reads_column: true,
    build: |parameters| pairs(parameters, Comoments::correlation),
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
        build: |parameters| pairs(parameters, Comoments::slope),
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
            let (mut own, mut other) = (LogReturns::default(), Returns::default());
            let mut past: Vec<(f64, f64)> = Vec::with_capacity(lag);
            let mut oldest = 0;
            on_rows(move |row| {
                let now = own.push(row.bar.close).zip(other.push(row.columns[column]));
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

/// Log returns of a column; a bar without a value is a hole.
#[derive(Default)]
struct Returns(LogReturns);

impl Returns {
    fn push(&mut self, value: Option<f64>) -> Option<f64> {
        match value {
            Some(value) => self.0.push(value),
            None => {
                self.0 = LogReturns::default();
                None
            }
        }
    }
}

/// What `value` makes of the pairs (other return, own return) of the window.
fn pairs(parameters: &Parameters, value: impl Fn(&Comoments) -> Option<f64> + Send + 'static) -> Box<dyn Feature> {
    let column = parameters.column();
    let mut pairs = Rolling::new(parameters.count("window"));
    let (mut own, mut other) = (LogReturns::default(), Returns::default());
    on_rows(move |row| {
        let (own, other) = (own.push(row.bar.close), other.push(row.columns[column]));
        pairs.push(own.zip(other).map(|(own, other)| Comoments::of(other, own)));
        pairs.full().as_ref().and_then(&value)
    })
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
