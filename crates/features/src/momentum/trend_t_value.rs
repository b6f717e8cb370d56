//! t-value of the linear trend.
//!
//! 0, 1, 1 on 0, 1, 2: slope 1/2, squared residuals 1/6, so t = 0.5 / √(1/6 / 1 / 2) = √3:
//! ```
//! use scaleout_features::examples::closes;
//! let values = closes("trend_t_value(window=3)", &[0.0, 1.0, 1.0])?;
//! assert!((values[2].unwrap() - 3.0_f64.sqrt()).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    rolling::{Comoments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "trend_t_value",
    family: FeatureFamily::Momentum,
    summary: "How significant the straight line through the last closes is, with the sign of its slope.",
    formula: "slope / sqrt(sum(residual^2) / (n - 2) / sum((time - mean)^2))",
    source: "Lopez de Prado (2020), Machine learning for asset managers, section 5.4 (trend scanning)",
    unit: "standard errors",
    undefined: "where the closes lie on a line",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 20, 3, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let mut line = Rolling::new(parameters.count("window"));
        let mut step = 0.0;
        on_bars(move |bar| {
            line.push(Some(Comoments::of(step, bar.close)));
            step += 1.0;
            let line = line.full()?;
            let slope = line.slope()?;
            let residual = line.yy() - slope * line.xy();
            // What rounding alone leaves of a straight line.
            let nothing = 1e-13 * line.yy();
            (nothing < residual).then(|| slope / (residual / (line.count - 2.0) / line.xx()).sqrt())
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
        contract::{closes, mean, rolling, slope},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let n = parameters.count("window") as f64;
        let times: Vec<f64> = (0..parameters.count("window")).map(|time| time as f64).collect();
        rolling(&closes(history), times.len(), |closes| {
            let slope = slope(&times, closes)?;
            let level = mean(closes) - slope * mean(&times);
            let residual: f64 =
                times.iter().zip(closes).map(|(time, close)| (close - level - slope * time).powi(2)).sum();
            let spread = n * (n * n - 1.0) / 12.0;
            let still = closes.iter().all(|close| *close == closes[0]);
            (!still && residual > 1e-9).then(|| slope / (residual / (n - 2.0) / spread).sqrt())
        })
    }
}
