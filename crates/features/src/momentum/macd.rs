//! Moving-average convergence–divergence: line, signal and histogram.
//!
//! The fast mean of 1 is the close itself, the slow one of 2 starts as the mean of both closes:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("macd(fast=1,slow=2)", &[1.0, 3.0])?, [None, Some(1.0)]);
//! assert_eq!(closes("macd_signal(fast=1,slow=2,signal=1)", &[1.0, 3.0])?, [None, Some(1.0)]);
//! assert_eq!(closes("macd_histogram(fast=1,slow=2,signal=1)", &[1.0, 3.0])?, [None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::CONSTANT,
    machine::on_columns,
    rolling::{Seeded, ema},
};

const FAST: Parameter = Parameter::count("fast", 12, 1, "bars of the fast average");
const SLOW: Parameter = Parameter::count("slow", 26, 2, "bars of the slow average");
const SIGNAL: Parameter = Parameter::count("signal", 9, 1, "values of the line averaged into the signal");

const LINE: Definition = Definition {
    name: "macd",
    family: FeatureFamily::Momentum,
    summary: "Fast minus slow exponential average of the close.",
    formula: "EMA(fast) - EMA(slow), weight 2 / (n + 1), both seeded by plain means that end at bar `slow`",
    source: "Appel (2005), Technical analysis: power tools for active investors; seeding as in TA-Lib",
    unit: "price",
    undefined: "never",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[FAST, SLOW],
    conflict: |parameters| (parameters.count("slow") <= parameters.count("fast")).then_some("fast must be below slow"),
    warm_up: |parameters| WarmUp::Bars(parameters.count("slow")),
    laws: Laws::DISTANCE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let mut line = Line::new(parameters);
        on_columns(move |bars, values| {
            for (closes, values) in bars.close.chunks(PIECE).zip(values.chunks_mut(PIECE)) {
                line.fold(closes, values);
            }
        })
    },
    #[cfg(test)]
    naive: tests::line,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    LINE,
    Definition {
        name: "macd_signal",
        summary: "Exponential average of the MACD line.",
        formula: "EMA(signal) of macd, seeded by the plain mean of its first values",
        parameters: &[FAST, SLOW, SIGNAL],
        warm_up: with_signal,
        build: |parameters| signal(parameters, |_, signal| signal),
        #[cfg(test)]
        naive: tests::signal,
        ..LINE
    },
    Definition {
        name: "macd_histogram",
        summary: "MACD line minus its signal.",
        formula: "macd - macd_signal",
        parameters: &[FAST, SLOW, SIGNAL],
        warm_up: with_signal,
        build: |parameters| signal(parameters, |line, signal| line - signal),
        #[cfg(test)]
        naive: tests::histogram,
        ..LINE
    },
];

fn with_signal(parameters: &Parameters) -> WarmUp {
    WarmUp::Bars(parameters.count("slow") + parameters.count("signal") - 1)
}

fn signal(parameters: &Parameters, value: impl Fn(f64, f64) -> f64 + Send + 'static) -> Box<dyn Feature> {
    let (mut line, mut average) = (Line::new(parameters), ema(parameters.count("signal")));
    let mut signals = [f64::NAN; PIECE];
    on_columns(move |bars, values| {
        for (closes, values) in bars.close.chunks(PIECE).zip(values.chunks_mut(PIECE)) {
            line.fold(closes, values);
            // Undefined values come first.
            let first = values.iter().take_while(|value| value.is_nan()).count();
            let (lines, signals) = (&mut values[first..], &mut signals[first..closes.len()]);
            signals.copy_from_slice(lines);
            average.fold(signals);
            lines.iter_mut().zip(signals).for_each(|(line, signal)| *line = value(*line, *signal));
        }
    })
}

/// Bars at a time: so few that each pass finds them in the first cache.
const PIECE: usize = 128;

struct Line {
    fast: Seeded,
    slow: Seeded,
    /// Closes that the fast average skips, so that both seeds end at the same bar.
    skip: usize,
    fast_values: [f64; PIECE],
}

impl Line {
    fn new(parameters: &Parameters) -> Self {
        let (fast, slow) = (parameters.count("fast"), parameters.count("slow"));
        Self { fast: ema(fast), slow: ema(slow), skip: slow - fast, fast_values: [f64::NAN; PIECE] }
    }

    /// Writes the line after each of `closes`, NaN for none.
    fn fold(&mut self, closes: &[f64], values: &mut [f64]) {
        values.copy_from_slice(closes);
        self.slow.fold(values);
        let skipped = self.skip.min(closes.len());
        self.skip -= skipped;
        let fast_values = &mut self.fast_values[..closes.len()];
        fast_values[..skipped].fill(f64::NAN);
        fast_values[skipped..].copy_from_slice(&closes[skipped..]);
        self.fast.fold(&mut fast_values[skipped..]);
        values.iter_mut().zip(fast_values).for_each(|(value, fast)| *value = *fast - *value);
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, ema, pick},
    };

    pub(super) fn line(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (fast, slow) = (parameters.count("fast"), parameters.count("slow"));
        let closes: Vec<Option<f64>> = closes(history).into_iter().map(Some).collect();
        let mut late = closes.clone();
        late[..slow - fast].fill(None);
        let (fast, slow) = (ema(&late, fast), ema(&closes, slow));
        pick(closes.len(), |t| Some(fast[t]? - slow[t]?))
    }

    pub(super) fn signal(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        ema(&line(parameters, history), parameters.count("signal"))
    }

    pub(super) fn histogram(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (line, signal) = (line(parameters, history), signal(parameters, history));
        pick(line.len(), |t| Some(line[t]? - signal[t]?))
    }
}
