//! Wilder's average true range, in price and relative to the price.
//!
//! True ranges of 2 and 4 (a gap counts) average to 3; the next one, 6, enters with weight 1/2:
//! ```
//! use scaleout_features::examples::bars;
//! let rows = [
//!     [10.0, 10.0, 10.0, 10.0, 1.0],
//!     [10.0, 12.0, 10.0, 12.0, 1.0],
//!     [16.0, 16.0, 14.0, 14.0, 1.0],
//!     [14.0, 20.0, 14.0, 20.0, 1.0],
//! ];
//! assert_eq!(bars("atr(window=2)", &rows)?, [None, None, Some(3.0), Some(4.5)]);
//! assert!((bars("atr_percent(window=2)", &rows)?[3].unwrap() - 100.0 * 4.5 / 20.0).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::Bar;

use crate::{
    BarColumns, Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::Wilder,
};

const PARAMETERS: &[Parameter] = &[Parameter::count("window", 14, 1, "bars averaged over, in Wilder's way")];
const SOURCE: &str = "Wilder (1978), New concepts in technical trading systems";

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "atr",
        family: FeatureFamily::Volatility,
        summary: "Average true range: how far a bar moves, gaps included.",
        formula: "TR = max(high, close before) - min(low, close before); mean of the first n, then + (TR - ATR) / n",
        source: SOURCE,
        unit: "price",
        undefined: "never",
        cost: CONSTANT,
        needs: Needs::BARS,
        parameters: PARAMETERS,
        conflict: no_conflict,
        warm_up,
        laws: Laws::DISTANCE,
        mirror: Mirror::Unchanged,
        reads_column: false,
        build: |parameters| {
            let mut atr = Atr::new(parameters.count("window"));
            on_columns(move |bars, values| atr.fold(bars, values, |atr, _| atr))
        },
        #[cfg(test)]
        naive: tests::atr,
    },
    Definition {
        name: "atr_percent",
        family: FeatureFamily::Volatility,
        summary: "Average true range as a share of the close.",
        formula: "100 * ATR / close",
        source: SOURCE,
        unit: "percent",
        undefined: "at prices <= 0",
        cost: CONSTANT,
        needs: Needs::BARS,
        parameters: PARAMETERS,
        conflict: no_conflict,
        warm_up,
        laws: Laws::RELATIVE,
        mirror: Mirror::Unchanged,
        reads_column: false,
        build: |parameters| {
            let mut atr = Atr::new(parameters.count("window"));
            on_columns(move |bars, values| {
                atr.fold(bars, values, |atr, close| {
                    let percent = 100.0 * (atr / close);
                    if 0.0 < close { percent } else { f64::NAN }
                });
            })
        },
        #[cfg(test)]
        naive: tests::percent,
    },
];

fn warm_up(parameters: &Parameters) -> WarmUp {
    WarmUp::Bars(parameters.count("window") + 1)
}

/// The larger of the bar's own range and its reach from the close before.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrueRange {
    close: Option<f64>,
}

impl TrueRange {
    /// The true range of `bar`; `None` for the first.
    pub(crate) fn push(&mut self, bar: &Bar) -> Option<f64> {
        self.advance(bar.high, bar.low, bar.close)
    }

    fn advance(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let before = self.close.replace(close)?;
        Some(range_from(before, high, low))
    }
}

/// Wilder's average of true ranges.
#[derive(Debug, Clone)]
pub(crate) struct Atr {
    range: TrueRange,
    average: Wilder<1>,
}

impl Atr {
    /// An average over `window` true ranges.
    pub(crate) fn new(window: usize) -> Self {
        Self { range: TrueRange::default(), average: Wilder::new(window) }
    }

    /// The average true range after `bar`.
    pub(crate) fn push(&mut self, bar: &Bar) -> Option<f64> {
        self.average.push([self.range.push(bar)?]).map(|[atr]| atr)
    }

    /// Writes what `value` makes of the average true range, NaN for none, and the close after each of `bars`.
    fn fold(&mut self, bars: BarColumns<'_>, values: &mut [f64], value: impl Fn(f64, f64) -> f64) {
        let Some((first, later)) = values.split_first_mut() else { return };
        let start = self.range.advance(bars.high[0], bars.low[0], bars.close[0]);
        let start = start.and_then(|range| self.average.push([range]));
        *first = start.map_or(f64::NAN, |[atr]| value(atr, bars.close[0]));
        let len = later.len();
        let inputs = [&bars.close[..len], &bars.high[1..=len], &bars.low[1..=len], &bars.close[1..=len]];
        let range = |[before, high, low, _]: [f64; 4]| [range_from(before, high, low)];
        self.average.fold(inputs, range, later, |[.., close], [atr]| value(atr, close));
        self.range.close = Some(bars.close[len]);
    }
}

fn range_from(before: f64, high: f64, low: f64) -> f64 {
    (if high > before { high } else { before }) - (if low < before { low } else { before })
}

#[cfg(test)]
pub(crate) mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, pick, true_ranges, wilder},
    };

    pub(crate) fn atr(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        wilder(&true_ranges(history), parameters.count("window"))
    }

    pub(super) fn percent(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (atr, closes) = (atr(parameters, history), closes(history));
        pick(atr.len(), |t| Some(100.0 * atr[t].filter(|_| closes[t] > 0.0)? / closes[t]))
    }
}
