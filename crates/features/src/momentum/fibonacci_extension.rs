//! Distance to the Fibonacci extension of the last swing.
//!
//! A swing from 0 up to 10 and back to 4 projects 4 + 1 · 10 = 14 at a ratio of 1; at a close of 8 and an average true
//! range of 6 it is one range away:
//! ```
//! use scaleout_features::examples::closes;
//! let path = [4.0, 0.0, 10.0, 4.0, 8.0];
//! let values = closes("fibonacci_extension(ratio=1,reversal=0.5,atr=1)", &path)?;
//! assert_eq!(values, [None, None, None, None, Some(6.0 / 4.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::Bar;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_bars,
    volatility::atr::Atr,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "fibonacci_extension",
    family: FeatureFamily::Momentum,
    summary: "How far the extension of the last swing is from the close, in average true ranges; \
              positive if it lies above.",
    formula: "(C + ratio * (B - A) - close) / ATR; A, B, C = the last three turning points of a zigzag \
              that turns when the price comes back by `reversal` ATR from its extreme",
    source: "Fischer (1993), Fibonacci applications and strategies for traders",
    unit: "average true ranges",
    undefined: "before the third turning point, and where the average true range is 0",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[
        Parameter::number("ratio", 1.618, 0.0, 10.0, "extension of the swing A to B"),
        Parameter::number("reversal", 2.0, 0.01, 100.0, "average true ranges that make a turn"),
        Parameter::count("atr", 14, 1, "bars of the average true range"),
    ],
    conflict: no_conflict,
    warm_up: |_| WarmUp::ByData("until three turning points are confirmed"),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let (ratio, reversal) = (parameters.number("ratio"), parameters.number("reversal"));
        let (mut atr, mut zigzag) = (Atr::new(parameters.count("atr")), Zigzag::default());
        on_bars(move |bar| {
            let atr = atr.push(bar)?;
            zigzag.push(bar, reversal * atr);
            let [a, b, c] = zigzag.turns?;
            (atr > 0.0).then(|| (c + ratio * (b - a) - bar.close) / atr)
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

/// Turning points of the price, each confirmed when the price has come back from it.
#[derive(Debug, Default)]
struct Zigzag {
    /// Highest high and lowest low since the last turn.
    extremes: Option<(f64, f64)>,
    /// Whether the present leg goes up; unknown before the first turn.
    rising: Option<bool>,
    seen: [f64; 3],
    count: usize,
    /// The last three turning points, oldest first.
    turns: Option<[f64; 3]>,
}

impl Zigzag {
    fn push(&mut self, bar: &Bar, reversal: f64) {
        let (high, low) = self.extremes.unwrap_or((bar.high, bar.low));
        let (high, low) = (high.max(bar.high), low.min(bar.low));
        let turned_down = self.rising != Some(false) && reversal < high - bar.close;
        let turned_up = self.rising != Some(true) && reversal < bar.close - low;
        self.extremes = Some(match (turned_down, turned_up) {
            (true, _) => self.turn(high, false, (bar.close, bar.low)),
            (false, true) => self.turn(low, true, (bar.high, bar.close)),
            (false, false) => (high, low),
        });
    }

    fn turn(&mut self, price: f64, rising: bool, extremes: (f64, f64)) -> (f64, f64) {
        self.rising = Some(rising);
        self.seen = [self.seen[1], self.seen[2], price];
        self.count += 1;
        if 3 <= self.count {
            self.turns = Some(self.seen);
        }
        extremes
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, pick, true_ranges, wilder},
    };

    /// Walks back from each turn to find the extreme of its leg, instead of carrying it along.
    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let bars = bars(history);
        let atr = wilder(&true_ranges(history), parameters.count("atr"));
        let mut turns: Vec<(usize, f64, bool)> = vec![];
        pick(bars.len(), |t| {
            let reversal = parameters.number("reversal") * atr[t]?;
            let leg = turns.last().map_or(parameters.count("atr"), |(turned, _, _)| turned + 1);
            // The bar of the turn itself counts with the side of it that the new leg runs to.
            let (mut high, mut low) = match turns.last() {
                None => (f64::NEG_INFINITY, f64::INFINITY),
                Some((turned, _, true)) => (bars[*turned].high, bars[*turned].close),
                Some((turned, _, false)) => (bars[*turned].close, bars[*turned].low),
            };
            for bar in &bars[leg..=t] {
                (high, low) = (high.max(bar.high), low.min(bar.low));
            }
            let rising = turns.last().map(|(_, _, rising)| *rising);
            if rising != Some(false) && high - bars[t].close > reversal {
                turns.push((t, high, false));
            } else if rising != Some(true) && bars[t].close - low > reversal {
                turns.push((t, low, true));
            }
            let [.., (_, a, _), (_, b, _), (_, c, _)] = turns[..] else { return None };
            (atr[t]? > 0.0).then(|| (c + parameters.number("ratio") * (b - a) - bars[t].close) / atr[t].unwrap())
        })
    }
}
