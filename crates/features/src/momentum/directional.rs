//! Wilder's directional movement: +DI, −DI and ADX.
//!
//! Every bar's high rises by all of its true range and no low falls, so all movement is up:
//! ```
//! use scaleout_features::examples::closes;
//! assert_eq!(closes("plus_di(window=2)", &[1.0, 2.0, 3.0])?, [None, None, Some(100.0)]);
//! assert_eq!(closes("adx(window=2)", &[1.0, 2.0, 3.0, 4.0])?, [None, None, None, Some(100.0)]);
//! assert_eq!(closes("minus_di(window=2)", &[1.0, 2.0, 3.0])?, [None, None, Some(0.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    BarColumns, Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_columns,
    rolling::Wilder,
};

const PLUS_DI: Definition = Definition {
    name: "plus_di",
    family: FeatureFamily::Momentum,
    summary: "Share of the true range that is upward directional movement.",
    formula: "100 * S(+DM) / S(TR); +DM = rise of the high where it exceeds the fall of the low; \
              S = sum of the first n - 1, then S - S / n + new",
    source: "Wilder (1978), New concepts in technical trading systems; seeding as in TA-Lib",
    unit: "1, from 0 to 100",
    undefined: "while the price has never moved",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::count("window", 14, 2, "bars smoothed over (n), in Wilder's way")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::PURE,
    mirror: Mirror::Swapped("minus_di"),
    reads_column: false,
    build: |parameters| feature(parameters, |plus, _| plus),
    #[cfg(test)]
    naive: tests::plus_di,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    PLUS_DI,
    Definition {
        name: "minus_di",
        summary: "Share of the true range that is downward directional movement.",
        formula: "as plus_di with -DM = fall of the low where it exceeds the rise of the high",
        mirror: Mirror::Swapped("plus_di"),
        build: |parameters| feature(parameters, |_, minus| minus),
        #[cfg(test)]
        naive: tests::minus_di,
        ..PLUS_DI
    },
    Definition {
        name: "adx",
        summary: "Average directional index: how directed the movement is, whichever way.",
        formula: "Wilder average over n of 100 * |+DI - -DI| / (+DI + -DI); bars without direction leave it as it is",
        warm_up: |parameters| WarmUp::Bars(2 * parameters.count("window")),
        mirror: Mirror::Unchanged,
        build: |parameters| {
            let mut movement = Movement::new(parameters.count("window"));
            let mut average = Wilder::new(parameters.count("window"));
            let mut directions = Vec::new();
            on_columns(move |bars, values| {
                directions.resize(values.len(), f64::NAN);
                // The range that both are shares of cancels.
                movement.fold(bars, &mut directions, |[plus, minus, _]| {
                    let moves = plus + minus;
                    if moves > 0.0 { 100.0 * (plus - minus).abs() / moves } else { f64::NAN }
                });
                let undirected = directions.iter().take_while(|direction| direction.is_nan()).count();
                values[..undirected].fill(average.value().map_or(f64::NAN, |[index]| index));
                let (directions, values) = (&directions[undirected..], &mut values[undirected..]);
                if directions.iter().all(|direction| !direction.is_nan()) {
                    return average.fold([directions], |direction| direction, values, |_, [index]| index);
                }
                for (direction, value) in directions.iter().zip(values) {
                    let is_directed = !direction.is_nan();
                    let index = if is_directed { average.push([*direction]) } else { average.value() };
                    *value = index.map_or(f64::NAN, |[index]| index);
                }
            })
        },
        #[cfg(test)]
        naive: tests::adx,
        ..PLUS_DI
    },
];

fn feature(parameters: &Parameters, pick: impl Fn(f64, f64) -> f64 + Send + 'static) -> Box<dyn Feature> {
    let mut movement = Movement::new(parameters.count("window"));
    on_columns(move |bars, values| {
        movement.fold(bars, values, |[plus, minus, range]| 100.0 * pick(plus, minus) / range);
    })
}

#[derive(Clone)]
struct Movement {
    window: usize,
    seen: usize,
    /// High, low and close.
    before: Option<[f64; 3]>,
    plus: f64,
    minus: f64,
    range: f64,
}

impl Movement {
    fn new(window: usize) -> Self {
        Self { window, seen: 0, before: None, plus: 0.0, minus: 0.0, range: 0.0 }
    }

    /// Smoothed movement up and down, and the smoothed true range, after a bar; `None` where that is 0.
    #[inline]
    fn push(&mut self, high: f64, low: f64, close: f64) -> Option<[f64; 3]> {
        let [high_before, low_before, close_before] = self.before.replace([high, low, close])?;
        let (rise, fall) = (high - high_before, low_before - low);
        self.seen += 1;
        let keep = if self.seen < self.window { 1.0 } else { 1.0 - 1.0 / self.window as f64 };
        self.plus = self.plus * keep + if rise > fall { rise.max(0.0) } else { 0.0 };
        self.minus = self.minus * keep + if fall > rise { fall.max(0.0) } else { 0.0 };
        self.range = self.range * keep + (high.max(close_before) - low.min(close_before));
        (self.window <= self.seen && self.range > 0.0).then_some([self.plus, self.minus, self.range])
    }

    /// Writes what `value` makes of the movement after each of `bars`, NaN where there is none.
    #[inline]
    fn fold(&mut self, bars: BarColumns<'_>, values: &mut [f64], value: impl Fn([f64; 3]) -> f64) {
        let mut state = self.clone();
        let prices = bars.high.iter().zip(bars.low).zip(bars.close);
        for (((high, low), close), out) in prices.zip(values) {
            *out = state.push(*high, *low, *close).map_or(f64::NAN, &value);
        }
        *self = state;
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, mean, pick, true_ranges},
    };

    /// Wilder's running sum, seeded by n − 1 samples.
    fn smoothed(samples: &[Option<f64>], n: usize) -> Vec<Option<f64>> {
        let mut sum: f64 = samples[1..n.min(samples.len())].iter().flatten().sum();
        pick(samples.len(), |t| {
            if t < n {
                return None;
            }
            sum = sum - sum / n as f64 + samples[t]?;
            Some(sum)
        })
    }

    fn index(parameters: &Parameters, history: &MarketHistory, sign: f64) -> Vec<Option<f64>> {
        let bars = bars(history);
        let moves = pick(bars.len(), |t| {
            let before = &bars[t.checked_sub(1)?];
            let (rise, fall) = (bars[t].high - before.high, before.low - bars[t].low);
            let (own, other) = if sign > 0.0 { (rise, fall) } else { (fall, rise) };
            Some(if own > other && own > 0.0 { own } else { 0.0 })
        });
        let n = parameters.count("window");
        let (moves, ranges) = (smoothed(&moves, n), smoothed(&true_ranges(history), n));
        pick(bars.len(), |t| Some(100.0 * moves[t]? / ranges[t].filter(|range| *range > 0.0)?))
    }

    pub(super) fn plus_di(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        index(parameters, history, 1.0)
    }

    pub(super) fn minus_di(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        index(parameters, history, -1.0)
    }

    pub(super) fn adx(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (plus, minus) = (plus_di(parameters, history), minus_di(parameters, history));
        let n = parameters.count("window");
        let mut seen: Vec<f64> = vec![];
        let mut average = 0.0;
        pick(plus.len(), |t| {
            if let (Some(plus), Some(minus)) = (plus[t], minus[t])
                && plus + minus > 0.0
            {
                seen.push(100.0 * (plus - minus).abs() / (plus + minus));
                let last = seen[seen.len() - 1];
                average = if seen.len() <= n { mean(&seen) } else { (average * (n as f64 - 1.0) + last) / n as f64 };
            }
            (n <= seen.len()).then_some(average)
        })
    }
}
